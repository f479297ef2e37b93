#!/usr/bin/env python3
"""Writes estimates.json: samples and what the method makes of them, computed with scipy.

Written from measurement method section 6 and its golden vectors in section 16:
median and order-statistic interval within a launch, widened for autocorrelation; Student's t of
logarithms over launches from three launches on; rates as total work over total time.
"""
import json
import math
import os

import numpy as np
from scipy import stats

HERE = os.path.dirname(os.path.abspath(__file__))
RANDOM = np.random.default_rng(20250101)


def median_ranks(n, level=0.95):
    lower = 0
    while stats.binom.cdf(lower, n, 0.5) <= (1 - level) / 2:
        lower += 1
    return (lower, n + 1 - lower) if lower >= 1 else None


def autocorrelation(x):
    # Relative to the first value: constants have no rounding noise then.
    d = np.asarray(x) - x[0]
    d = d - np.mean(d)
    total = float(np.sum(d * d))
    return float(np.sum(d[1:] * d[:-1])) / total if total > 0 else 0.0


def within(seconds):
    """The median and its interval; None where there are too few samples for one."""
    n, ranks = len(seconds), median_ranks(len(seconds))
    ordered = np.sort(seconds)
    value = float(np.median(seconds))
    if ranks is None:
        return value, None
    rho = autocorrelation(seconds)
    rho = min(1.0, rho + (1 + 3 * rho) / n)
    factor = math.sqrt((1 + rho) / (1 - rho)) if rho > 0 else 1.0
    centre = (n + 1) / 2
    low = math.floor(centre - (centre - ranks[0]) * factor) if factor > 1 else ranks[0]
    high = math.ceil(centre + (ranks[1] - centre) * factor) if factor > 1 else ranks[1]
    if low < 1 or high > n:
        return value, None
    return value, (float(ordered[low - 1]), float(ordered[high - 1]))


def between(values):
    logs = np.log(values)
    mean, n = float(np.mean(logs)), len(values)
    if n < 3:
        return math.exp(mean), None
    half = stats.t.ppf(0.975, n - 1) * float(np.std(logs, ddof=1)) / math.sqrt(n)
    return math.exp(mean), (math.exp(mean - half), math.exp(mean + half))


def hull(intervals):
    if any(i is None for i in intervals):
        return None
    return min(i[0] for i in intervals), max(i[1] for i in intervals)


def estimates(launches, batch, work):
    seconds = [np.array(l, dtype=float) * 1e-9 / batch for l in launches]
    own = [within(s) for s in seconds]
    time, interval = between([v for v, _ in own])
    many = len(launches) >= 3
    rates = [work / float(np.mean(s)) if many else work / v for s, (v, _) in zip(seconds, own)]
    rate, rate_interval = between(rates)
    if not many:
        interval = hull([i for _, i in own])
        rate_interval = interval and (work / interval[1], work / interval[0])
    return {"time": [time, interval], "rate": [rate, rate_interval],
            "launches": [[v, i] for v, i in own]}


def lognormal(n, centre, spread):
    return [int(v) for v in centre * np.exp(RANDOM.normal(0, spread, n))]


def series(n, centre, rho):
    noise, last = [], 0.0
    for _ in range(n):
        last = rho * last + RANDOM.normal(0, 0.01)
        noise.append(int(centre * math.exp(last)))
    return noise


def quantile(values, p, ppm):
    n, ordered = len(values), sorted(values)
    tail = 0.025
    lower = max(r for r in range(1, n + 1) if stats.binom.cdf(r - 1, n, p) <= tail)
    upper = min(r for r in range(1, n + 1) if stats.binom.sf(r - 1, n, p) <= tail)
    return [ordered[min(n - 1, n * ppm // 1_000_000)] * 1e-9,
            [ordered[lower - 1] * 1e-9, ordered[upper - 1] * 1e-9]]


def main():
    cases = []
    for name, launches, batch, work in [
            ("one launch", [lognormal(40, 2e6, 0.01)], 7, 1e6),
            ("one launch of five samples", [lognormal(5, 2e6, 0.01)], 1, 3e5),
            ("one autocorrelated launch", [series(80, 3e6, 0.6)], 1, 1e9),
            ("one constant launch", [[1_500_000] * 12], 3, 1e3),
            ("two launches", [lognormal(30, 2e6, 0.01), lognormal(31, 2.1e6, 0.02)], 4, 5e7),
            ("two launches, one of them short",
             [lognormal(30, 2e6, 0.01), lognormal(4, 2e6, 0.01)], 4, 5e7),
            ("three launches", [lognormal(20, c, 0.02) for c in (2e6, 2.05e6, 1.98e6)], 10, 2e8),
            ("five launches", [lognormal(25, c, 0.05) for c in (1e6, 1.1e6, 9e5, 1e6, 1.3e6)],
             1, 1e12)]:
        cases.append({"name": name, "batch": batch, "work": int(work), "samples": launches,
                      **estimates(launches, batch, work)})
    events = [lognormal(350, 5e5, 0.3), lognormal(350, 5e5, 0.3)]
    pooled = events[0] + events[1]
    percentiles = {
        "samples": events,
        "latency.p50": quantile(pooled, 0.5, 500_000),
        "latency.p90": quantile(pooled, 0.9, 900_000),
        "latency.p99": quantile(pooled, 0.99, 990_000)}
    with open(os.path.join(HERE, "estimates.json"), "w") as out:
        json.dump({"cases": cases, "percentiles": percentiles}, out, indent=1)
        out.write("\n")


if __name__ == "__main__":
    main()
