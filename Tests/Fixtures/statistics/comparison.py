#!/usr/bin/env python3
"""Writes comparison.json: what scipy and numpy say of comparisons, sessions and pilots.

Run in this directory with scipy 1.17 and numpy 2.4. Seeded: the same file comes out every time.
"""
import json
import math

import numpy as np
from scipy import stats

GENERATOR = np.random.default_rng(20261124)


def false_verdicts():
    """[standard error, degrees of freedom, delta, probability of a verdict without a difference]"""
    rows = []
    for error in (0.001, 0.003, 0.006, 0.02):
        for freedom in (4, 8.5, 18, 38):
            for delta in (0.01, 0.03):
                quantile = stats.t.ppf(0.975, freedom)
                needed = quantile + math.log1p(delta) / error
                rows.append([error, freedom, delta, 2 * stats.t.sf(needed, freedom)])
    return rows


def unpaired():
    """Two sessions: launches by Welch, and the sessions' spread as one more variance."""
    rows = []
    for deviation, freedom, other, other_freedom in [(.005, 4, .005, 4), (.02, 9, .01, 2)]:
        c = np.exp(GENERATOR.normal(0.03, 0.004, 5))
        b = np.exp(GENERATOR.normal(0, 0.003, 6))
        parts = [(np.log(x).var(ddof=1) / len(x), len(x) - 1) for x in (c, b)]
        launches = sum(v for v, _ in parts)
        launch_freedom = launches ** 2 / sum(v * v / f for v, f in parts)
        same = deviation == other and freedom == other_freedom
        sessions = [(2 * deviation ** 2, freedom)] if same else [
            (deviation ** 2, freedom), (other ** 2, other_freedom)]
        total = launches + sum(v for v, _ in sessions)
        spread = launches ** 2 / launch_freedom + sum(v * v / f for v, f in sessions)
        degrees = total ** 2 / spread
        difference = np.log(c).mean() - np.log(b).mean()
        half = stats.t.ppf(0.975, degrees) * math.sqrt(total)
        rows.append({"candidate": c.tolist(), "baseline": b.tolist(),
                     "deviations": [deviation, other], "freedoms": [freedom, other_freedom],
                     "standardError": math.sqrt(total), "degreesOfFreedom": float(degrees),
                     "interval": [float(difference - half), float(difference + half)]})
    return rows


def sessions():
    """Series of log values on occasions; pairs of one occasion say nothing."""
    rows = []
    for occasions, count in [([0, 1, 2], 1), ([0, 0, 1, 2, 3], 4), ([0, 1, 2, 3, 4, 5, 6], 12)]:
        series = [(0.01 * GENERATOR.standard_normal(len(occasions))).tolist()
                  for _ in range(count)]
        distances = sorted(
            abs(values[i] - values[j]) for values in series for i in range(len(occasions))
            for j in range(i) if occasions[i] != occasions[j])
        place = min(len(distances) - 1, len(distances) * 950_000 // 1_000_000)
        rows.append({"occasions": occasions, "series": series, "floor": distances[place],
                     "pairs": len(distances), "degreesOfFreedom": len(set(occasions)) - 1,
                     "deviation": float(np.sqrt(np.mean(np.square(distances)) / 2))})
    return rows


def pilots():
    """Kalibera and Jones: samples for each launch, and launches until the interval is narrow."""
    rows = []
    for within, between, sample, launch, target in [
            (.02, .004, .001, .3, .01), (.02, .004, .001, .3, .002), (.05, 0.0, .01, .1, .01),
            (.001, .02, .001, .3, .003), (.02, .01, .5, .1, None)]:
        pilot = [GENERATOR.normal(GENERATOR.normal(-3, between), within, 25) for _ in range(3)]
        inside = np.mean([x.var(ddof=1) for x in pilot])
        outside = np.var([x.mean() for x in pilot], ddof=1) - inside / 25
        least, most, planned = 20, 200, 5
        samples = most
        if outside > 0:
            samples = min(most, max(least, math.ceil(
                math.sqrt(launch / sample * inside / outside))))

        def half(count):
            variance = max(0, outside) + inside * math.pi / 2 / samples
            return stats.t.ppf(0.975, count - 1) * math.sqrt(variance / count)

        launches = planned
        while target and launches < 2 * planned and half(launches) > target:
            launches += 1
        cost = 3 * (launch + 25 * sample) + (launches - 3) * (launch + samples * sample)
        rows.append({"pilot": [x.tolist() for x in pilot], "sampleCost": sample,
                     "launchCost": launch, "target": target or 0, "samples": samples,
                     "launches": launches, "halfWidth": float(half(launches)), "cost": cost})
    return rows


def main():
    parts = [false_verdicts, unpaired, sessions, pilots]
    with open("comparison.json", "w", encoding="ascii") as file:
        lines = [f'"{part.__name__}": {json.dumps(part())}' for part in parts]
        file.write("{\n" + ",\n".join(lines) + "\n}\n")


if __name__ == "__main__":
    main()
