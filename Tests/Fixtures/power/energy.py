#!/usr/bin/env python3
"""Writes energy.json: energies and uncertainties by numpy, for the tests of Statistics' energy.

Run in this directory with numpy 2.4. Seeded: the same file comes out every time.
"""
import json

import numpy as np

GENERATOR = np.random.default_rng(20261122)


def times(count, period, jitter):
    """Nanoseconds of readings that come early and late."""
    seconds = 5.0 + period * np.arange(count) + jitter * GENERATOR.uniform(-1, 1, count)
    return np.round(seconds * 1e9).astype(np.int64)


def windows(t, count):
    """Windows inside the readings, in nanoseconds, whose ends are no readings."""
    low, high = int(t[1]), int(t[-2])
    pairs = np.sort(GENERATOR.integers(low, high, (count, 2)), axis=1)
    return [[int(a), int(b)] for a, b in pairs if b - a > 1_000_000]


def at(cumulative, t, window):
    """Growth of a sum that is linear between the readings."""
    start, end = np.interp([float(w - t[0]) for w in window], (t - t[0]).astype(float), cumulative)
    return float(end - start)


def counter(bits, unit, period):
    t = times(300, period, period / 4)
    watts = GENERATOR.uniform(80, 400, len(t))
    joules = np.concatenate([[0], np.cumsum(watts[1:] * np.diff(t) * 1e-9)])
    start = (1 << bits) - 1_000
    total = start + np.floor(joules / unit).astype(np.int64)
    return {
        "times": t.tolist(), "values": (total % (1 << bits)).tolist(), "wrap": 1 << bits,
        "scale": unit, "wraps": int(total[-1] >> bits),
        "windows": [{"window": w, "joules": at((total - start) * unit, t, w)} for w in windows(t, 8)],
    }


def averaging():
    t = times(200, 0.1, 0.02)
    raw = GENERATOR.integers(-5_000_000, 400_000_000, len(t))
    steps = raw[1:] * 1e-6 * np.diff(t) * 1e-9
    return {
        "times": t.tolist(), "values": raw.tolist(), "scale": 1e-6,
        "windows": [{"window": w, "joules": at(np.concatenate([[0], np.cumsum(steps)]), t, w)}
                    for w in windows(t, 8)],
    }


def instantaneous():
    t = times(200, 0.1, 0.02)
    raw = GENERATOR.integers(-5_000_000, 400_000_000, len(t))
    x = (t - t[0]) * 1e-9
    y = raw * 1e-6
    found = []
    for w in windows(t, 8):
        a, b = (w[0] - t[0]) * 1e-9, (w[1] - t[0]) * 1e-9
        inside = (x > a) & (x < b)
        xs = np.concatenate([[a], x[inside], [b]])
        ys = np.concatenate([[np.interp(a, x, y)], y[inside], [np.interp(b, x, y)]])
        found.append({"window": w, "joules": float(np.trapezoid(ys, xs))})
    return {"times": t.tolist(), "values": raw.tolist(), "scale": 1e-6, "windows": found}


def uncertainties():
    """[joules, seconds, accuracy, load W - idle W, period, clock s] -> [gain, edges, clock, u]."""
    rows = []
    for joules, seconds, accuracy, step, period, clock in [
            (4000.0, 10.0, 0.01, 300.0, 0.1, 0.0), (4000.0, 10.0, 0.0, 300.0, 0.1, 0.0),
            (123.0, 0.5, 0.05, 150.0, 1.0, 0.002), (60000.0, 120.0, 0.001, 350.0, 0.2, 0.05)]:
        terms = [accuracy * joules / np.sqrt(3), step * period / np.sqrt(6),
                 joules / seconds * clock]
        rows.append([[joules, seconds, accuracy, step, period, clock],
                     [*map(float, terms), float(np.sqrt(np.sum(np.square(terms))))]])
    return rows


def net():
    """Gross energy, its parts, and idle levels -> net energy and its standard deviation."""
    rows = []
    for watts, idle, accuracy, period, before, after in [
            (400.0, 100.0, 0.02, 0.1, 1.0, 1.0), (105.0, 100.0, 0.05, 0.1, 3.0, 2.0)]:
        seconds = 20.0
        joules = watts * seconds
        levels = [idle * 0.99, idle * 1.01]
        level = float(np.mean(levels))
        terms = [accuracy * joules / np.sqrt(3), (watts - level) * period / np.sqrt(6)]
        level_u = np.sqrt(before ** 2 / 4 + after ** 2 / 4 + (levels[1] - levels[0]) ** 2 / 12)
        u = np.sqrt(np.sum(np.square(terms)) + (seconds * level_u) ** 2)
        rows.append({"watts": watts, "seconds": seconds, "accuracy": accuracy, "period": period,
                     "levels": levels, "deviations": [before, after],
                     "net": float(joules - level * seconds), "deviation": float(u)})
    return rows


if __name__ == "__main__":
    golden = {
        "counters": [counter(32, 2.0 ** -16, 0.1), counter(18, 2.0 ** -14, 0.005),
                     counter(14, 1e-3, 0.01)],
        "averaging": averaging(), "instantaneous": instantaneous(),
        "uncertainties": uncertainties(), "net": net(),
    }
    with open("energy.json", "w", encoding="ascii") as file:
        json.dump(golden, file, separators=(",", ":"))
        file.write("\n")
