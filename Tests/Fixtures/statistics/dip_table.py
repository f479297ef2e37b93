#!/usr/bin/env python3
"""Simulates the null distribution of Hartigan's dip, the source of DipTest+Table.swift.

Uniform samples (the least favourable unimodal law), seeded, so that the table can be made again.
Needs the package `diptest` (pip install diptest==0.12.0); takes about five minutes on one core.
Prints the rows of the Swift table: quantiles of sqrt(n) * dip, one row for each n.
"""
import sys

import diptest
import numpy as np

COUNTS = [10, 12, 15, 20, 30, 50, 100, 200, 500, 1000, 5000]
PROBABILITIES = [
    0.01, 0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8,
    0.9, 0.95, 0.98, 0.99, 0.995, 0.998, 0.999, 0.9995,
]


def main():
    for count in COUNTS:
        repetitions = 400_000 if count <= 200 else 200_000 if count <= 1000 else 60_000
        generator = np.random.default_rng([20261121, count])
        dips = np.empty(repetitions)
        for i in range(repetitions):
            dips[i] = diptest.dipstat(generator.random(count), allow_zero=False)
        quantiles = np.sqrt(count) * np.quantile(dips, PROBABILITIES)
        print(f"{count}: " + ", ".join(f"{q:.5f}" for q in quantiles), flush=True)


if __name__ == "__main__":
    sys.exit(main())
