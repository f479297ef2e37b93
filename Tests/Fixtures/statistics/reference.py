#!/usr/bin/env python3
"""Writes reference.json: what scipy and numpy say, for the tests of the module Statistics.

Run in this directory with scipy 1.17 and numpy 2.4, and for the dip the package diptest 0.12.0.
Seeded: the same file comes out every time.
"""
import json

import diptest
import numpy as np
from scipy import special, stats

GENERATOR = np.random.default_rng(20261122)


def listed(values, digits=None):
    """Plain floats, rounded where a test wants ties."""
    array = np.asarray(values, dtype=float)
    return [float(v) for v in (array if digits is None else np.round(array, digits))]


def normal():
    zs = [-37.0, -20.0, -8.3, -6.0, -3.0, -1.96, -1.0, -0.3, 0.0, 0.1, 0.7, 1.0, 2.5, 4.0, 6.0, 9.0]
    ps = [1e-300, 1e-50, 1e-12, 1e-6, 0.001, 0.01, 0.025, 0.07, 0.0749, 0.076, 0.2, 0.5, 0.6, 0.924,
          0.93, 0.975, 0.995, 0.9995, 1 - 1e-9]
    return {
        "cumulative": [[z, stats.norm.cdf(z), stats.norm.sf(z)] for z in zs],
        "quantile": [[p, special.ndtri(p)] for p in ps],
    }


def student():
    dfs = [1, 1.5, 2, 2.7, 3, 4, 5, 9, 17.3, 30, 99, 1234.5, 1e5]
    ts = [-40.0, -5.0, -2.0, -0.5, 0.0, 1e-8, 0.3, 1.0, 1.5, 2.2, 3.3, 8.0, 60.0, 1000.0]
    ps = [1e-9, 1e-4, 0.005, 0.025, 0.1, 0.3, 0.5, 0.51, 0.9, 0.95, 0.975, 0.99, 0.9995]

    def tails(v, t):
        if 0 < t < 1e-6:  # stats.t has an error of 1e-9 there; this form has not.
            above = 0.5 * special.betaincc(0.5, v / 2, t * t / (v + t * t))
            return 1 - above, above
        return stats.t.cdf(t, v), stats.t.sf(t, v)

    return {
        "cumulative": [[v, t, *tails(v, t)] for v in dfs for t in ts],
        "quantile": [[v, p, stats.t.ppf(p, v)] for v in dfs for p in ps],
    }


def beta():
    triples = [(x, a, b)
               for a in (0.5, 1, 2.5, 10, 137.25, 4000, 250000)
               for b in (0.5, 1, 3, 22.5, 900, 100000)
               for x in (1e-6, 0.01, 0.3, 0.5, 0.77, 0.99, 0.99999)]
    for a, b in [(4000, 900), (250000, 100000), (20130, 11), (2000, 11), (137.25, 22.5)]:
        mean = a / (a + b)
        deviation = np.sqrt(mean * (1 - mean) / (a + b + 1))
        for steps in (-6, -2, -0.1, 0, 0.3, 1, 5):
            x = mean + steps * deviation
            if 0 < x < 1:
                triples.append((float(x), a, b))
    return [[x, a, b, special.betainc(a, b, x)] for x, a, b in triples]


def binomial():
    cases = [(1, 0.5, 0), (6, 0.5, 0), (20, 0.5, 5), (30, 0.1, 7), (100, 0.9, 85), (100, 0.9, 97),
             (1000, 0.5, 468), (662, 0.01, 1), (6636, 0.001, 1), (60000, 0.99, 59350),
             (60000, 0.99, 59450), (1000000, 0.999, 999050), (5, 0.2, 5), (5, 0.2, 0)]
    return [[n, p, k, stats.binom.cdf(k, n, p), stats.binom.sf(k, n, p), stats.binom.pmf(k, n, p)]
            for n, p, k in cases]


def log_gamma():
    return [[x, special.gammaln(x)] for x in (1e-5, 0.5, 1, 1.5, 2, 3.7, 20, 171.5, 1e4, 1e8)]


def rank_intervals():
    """Exact binomial ranks by plain search, counting from 1."""
    rows = []
    for p in (0.5, 0.9, 0.95, 0.99, 0.999):
        for n in (6, 7, 13, 29, 36, 40, 59, 100, 299, 640, 1000, 2995, 7000):
            for level in (0.95, 0.99):
                alpha = 1 - level
                none = (1 - p) ** n
                all_below = p ** n
                if none + all_below > alpha:
                    rows.append([p, n, level, 0, 0, 0])
                    continue
                lower_tail = alpha - all_below if all_below > alpha / 2 else alpha / 2
                upper_tail = alpha - none if none > alpha / 2 else alpha / 2
                # Where an end alone takes more than half, the interval goes to that end.
                lower_tail, upper_tail = max(lower_tail, none), max(upper_tail, all_below)
                ks = np.arange(0, n + 1)
                cdf = stats.binom.cdf(ks, n, p)
                sf = stats.binom.sf(ks, n, p)
                lower = max(r for r in range(1, n + 1) if cdf[r - 1] <= lower_tail * (1 + 1e-12))
                upper = min(r for r in range(1, n + 1) if sf[r - 1] <= upper_tail * (1 + 1e-12))
                rows.append([p, n, level, lower, upper, float(cdf[upper - 1] - cdf[lower - 1])])
    return rows


def mann_whitney():
    rows = []
    for n, m, shift, digits in [(1, 1, 0, None), (3, 4, 1, None), (5, 5, 2, None), (8, 7, 0, None),
                                (20, 20, 0.6, None), (20, 13, 0, None), (20, 20, 0.5, 1),
                                (6, 6, 0.3, 0), (40, 50, 0.3, None), (100, 100, 0, 1),
                                (4, 4, 0, -3)]:
        a = listed(GENERATOR.normal(10, 1, n), digits)
        b = listed(GENERATOR.normal(10 + shift, 1, m), digits)
        exact = n <= 20 and m <= 20 and len(set(a + b)) == n + m
        tied = len(set(a + b)) == 1
        found = stats.mannwhitneyu(a, b, alternative="two-sided",
                                   method="exact" if exact else "asymptotic")
        rows.append({"first": a, "second": b, "exact": exact, "statistic": float(found.statistic),
                     "pValue": 1.0 if tied else float(found.pvalue)})
    return rows


def means():
    rows = []
    for n, spread in [(3, 0.01), (5, 0.3), (10, 0.02), (20, 1.0)]:
        values = listed(np.exp(GENERATOR.normal(-3, spread, n)))
        logs = np.log(values)
        geometric = np.exp(stats.t.interval(0.95, n - 1, logs.mean(), stats.sem(logs)))
        differences = listed(GENERATOR.normal(0, 2, n))
        arithmetic = stats.t.interval(0.99, n - 1, np.mean(differences), stats.sem(differences))
        rows.append({"values": values, "geometricMean": float(stats.gmean(values)),
                     "geometric": listed(geometric), "logDeviation": float(logs.std(ddof=1)),
                     "differences": differences, "arithmeticMean": float(np.mean(differences)),
                     "arithmetic": listed(arithmetic)})
    return rows


def comparisons():
    rows = []
    for n, m, sd, other, shift in [(3, 3, .01, .01, 0), (5, 5, .003, .01, .02),
                                   (10, 7, .01, .05, -.03), (20, 20, .01, .01, .02)]:
        c = np.exp(GENERATOR.normal(shift, sd, n))
        b = np.exp(GENERATOR.normal(0, other, m))
        welch = stats.ttest_ind(np.log(c), np.log(b), equal_var=False)
        interval = welch.confidence_interval(0.95)
        difference = float(np.log(c).mean() - np.log(b).mean())
        error = difference / float(welch.statistic)
        bound = np.log1p(0.01)
        beyond = sum(stats.t.sf((abs(difference) + s * bound) / error, welch.df) for s in (-1, 1))
        rows.append({"candidate": listed(c), "baseline": listed(b), "difference": difference,
                     "standardError": error, "degreesOfFreedom": float(welch.df),
                     "pValue": float(welch.pvalue), "beyondOnePercent": float(beyond),
                     "interval": listed(interval)})
    return rows


def paired():
    blocks = GENERATOR.normal(0, 0.1, 8)
    c = np.exp(blocks + GENERATOR.normal(0.02, 0.005, 8))
    b = np.exp(blocks + GENERATOR.normal(0, 0.005, 8))
    test = stats.ttest_rel(np.log(c), np.log(b))
    return {"candidate": listed(c), "baseline": listed(b), "pValue": float(test.pvalue),
            "difference": float(np.mean(np.log(c) - np.log(b))),
            "interval": listed(test.confidence_interval(0.95))}


def multiple_testing():
    p = listed(np.concatenate([GENERATOR.random(12), GENERATOR.random(6) * 0.01, [0.5, 0.5]]))
    order = np.argsort(p, kind="stable")
    holm = np.empty(len(p))
    for rank, index in enumerate(order):
        holm[index] = max(min(1, (len(p) - j) * p[order[j]]) for j in range(rank + 1))
    return {"pValues": p, "holm": listed(holm),
            "benjaminiHochberg": listed(stats.false_discovery_control(p, method="bh"))}


def dips():
    samples = [GENERATOR.random(10), GENERATOR.normal(0, 1, 37), GENERATOR.exponential(1, 60),
               np.concatenate([GENERATOR.normal(0, 1, 30), GENERATOR.normal(5, 1, 30)]),
               np.concatenate([GENERATOR.normal(0, 1, 80), GENERATOR.normal(4, .5, 20)]),
               np.arange(25.0), GENERATOR.random(300), GENERATOR.standard_cauchy(200),
               np.concatenate([GENERATOR.random(15), 3 + GENERATOR.random(2)]),
               np.round(GENERATOR.normal(0, 3, 50)), np.round(GENERATOR.random(40), 1)]
    rows = []
    for sample in samples:
        values = listed(sample, 6)
        dip, p = diptest.diptest(np.array(values), allow_zero=False)
        rows.append({"values": values, "dip": float(dip), "pValue": float(p)})
    return rows


def descriptive():
    rows = []
    for n, digits in [(3, None), (4, 1), (11, None), (50, 0), (100, None)]:
        x = np.array(listed(1e6 + np.cumsum(GENERATOR.normal(0, 1, n)), digits))
        d = x - x.mean()
        rho = float((d[1:] * d[:-1]).sum() / (d * d).sum())
        q1, q3 = np.percentile(x, [25, 75])
        low = x < q1 - 1.5 * (q3 - q1)
        high = x > q3 + 1.5 * (q3 - q1)
        rows.append({"values": listed(x), "median": float(np.median(x)), "mean": float(x.mean()),
                     "variance": float(x.var(ddof=1)), "autocorrelation": rho,
                     "corrected": min(1.0, rho + (1 + 3 * rho) / n),
                     "firstQuartile": float(q1), "thirdQuartile": float(q3),
                     "outliers": int(low.sum() + high.sum())})
    return rows


def clumping():
    rows = []
    for n, rho in [(40, 0), (400, 0.9), (1003, 0.97)]:
        level = np.zeros(n)
        for i in range(1, n):
            level[i] = rho * level[i - 1] + GENERATOR.normal()
        latencies = np.round(1e6 * np.exp(0.3 * level)).astype(np.int64)
        bound = int(np.sort(latencies)[int(n * 0.95)])
        factors = []
        for threshold in (bound, int(np.sort(latencies)[min(n - 1, n * 9 // 10)])):
            x = (latencies > threshold).astype(float)
            means_ = [x[i * n // 20:(i + 1) * n // 20].mean() for i in range(20)]
            p = x.mean()
            factors.append(max(1.0, np.var(means_, ddof=1) * n / 20 / (p * (1 - p))) if p else 1.0)
        rows.append({"latencies": [int(v) for v in latencies], "bound": bound,
                     "factor": float(max(factors))})
    return rows


def variance_split():
    launches = [listed(GENERATOR.normal(GENERATOR.normal(100, 3), 2, n)) for n in (8, 8, 12, 10)]
    within = sum(((np.array(x) - np.mean(x)) ** 2).sum() for x in launches)
    within /= sum(len(x) - 1 for x in launches)
    between = np.var([np.mean(x) for x in launches], ddof=1)
    between -= within * np.mean([1 / len(x) for x in launches])
    return {"launches": launches, "within": float(within), "between": float(between)}


def change_points():
    """Optimal segmentation by trying every last segment of at least two values."""
    rows = []
    patterns = [[(40, 10, 1)], [(20, 10, 1), (25, 13, 1)], [(30, 5, .1), (20, 5, 2), (25, 8, .1)],
                [(2, 50, 1), (40, 10, 1)], [(10, 3, 0), (30, 3, .5)]]
    floor = 1e-4
    for pattern in patterns:
        values = listed(np.concatenate([GENERATOR.normal(m, s, n) for n, m, s in pattern]), 4)
        n = len(values)
        penalty = float(3 * np.log(n))
        best, last = [0.0] + [np.inf] * n, [0] * (n + 1)
        for end in range(2, n + 1):
            for start in [0] + list(range(2, end - 1)):
                variance = np.var(values[start:end])
                allowed = max(variance, floor)
                cost = (end - start) * (np.log(allowed) + variance / allowed)
                total = best[start] + cost + (penalty if start else 0)
                if total < best[end]:
                    best[end], last[end] = total, start
        starts, end = [], n
        while end:
            end = last[end]
            starts.insert(0, end)
        rows.append({"values": values, "penalty": penalty, "starts": starts})
    return rows


def queues():
    """The true p99 latency of a queue with Poisson arrivals and a constant service time of 1."""
    rows = []
    for utilisation in (0.5, 0.8):
        generator = np.random.default_rng([20261123, int(100 * utilisation)])
        quantiles = []
        for _ in range(40):
            steps = 1 - generator.exponential(1 / utilisation, 1_000_000)
            walk = np.concatenate([[0.0], np.cumsum(steps)])
            waits = walk - np.minimum.accumulate(walk)
            quantiles.append(np.quantile(waits[10_000:] + 1, 0.99))
        rows.append({"utilisation": utilisation, "p99": float(np.mean(quantiles))})
    return rows


def main():
    parts = [normal, student, beta, binomial, log_gamma, rank_intervals, mann_whitney, means,
             comparisons, paired, multiple_testing, dips, descriptive, clumping, variance_split,
             change_points, queues]

    def plain(value):
        return value.item()

    # Compact: one line a part, full precision.
    with open("reference.json", "w", encoding="ascii") as file:
        lines = [f'"{part.__name__}": {json.dumps(part(), default=plain)}' for part in parts]
        file.write("{\n" + ",\n".join(lines) + "\n}\n")


if __name__ == "__main__":
    main()
