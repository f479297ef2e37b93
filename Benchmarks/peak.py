#!/usr/bin/env python3
"""Peak arithmetic of cpu-simd against likwid-bench's peakflops kernels. See README.md.

Needs likwid (apt-get install likwid), gcc and the Swift toolchain."""

import argparse
import sys

from common import (
    Driver, build, compare, cpus_for, likwid, likwid_iterations, median, ratio_cells, require,
    show_row, urgent)

ISA = {"scalar": 0, "sse": 1, "avx2": 2, "avx512": 3}
PATHS = ("best", "avx512", "avx2", "sse", "scalar")
BITS = {"sse": 128, "avx2": 256, "avx512": 512}
# Comparators that do the same instructions; the others of likwid-bench multiply and add apart.
LIKWID = {
    ("f64", "avx2"): "peakflops_avx_fma", ("f32", "avx2"): "peakflops_sp_avx_fma",
    ("f64", "avx512"): "peakflops_avx512_fma", ("f32", "avx512"): "peakflops_sp_avx512_fma",
    ("f64", "sse"): "peakflops_sse", ("f32", "sse"): "peakflops_sp_sse",
    ("f64", "scalar"): "peakflops", ("f32", "scalar"): "peakflops_sp",
}
SIZE = 20_000  # bytes: likwid's kernels load one operand, which must stay in L1


def lanes(dtype, path):
    return 1 if path == "scalar" else BITS[path] // (32 if dtype == "f32" else 64)


def ceiling(driver, dtype, path, samples):
    """Multiply-add units in use by the clock measured beside: (units, clock, disagreement)."""
    ratios, multiplied, added = [], [], []
    threads = len(driver.cpus)
    for _ in range(samples):
        multiplied.append(float(driver.ask(f"clock {ISA[path]} 0 5")[0]))
        rate = driver.rate("ours")
        added.append(float(driver.ask(f"clock {ISA[path]} 1 5")[0]))
        hertz = (multiplied[-1] + added[-1]) / 2
        ratios.append(rate / (2 * lanes(dtype, path) * threads * hertz))
    apart = abs(median(multiplied) / median(added) - 1)
    return median(ratios), median(multiplied), apart


def measure(driver, dtype, path, options):
    threads = len(driver.cpus)
    kernel = driver.ask(f"peak {dtype} {path} {options.milliseconds}")[0]
    path = kernel.rsplit("-", 1)[1]
    test = LIKWID[(dtype, path)]
    size = SIZE * threads
    iterations = likwid_iterations(test, size, threads, options.milliseconds * 1e-3)
    result = compare(
        lambda: driver.rate("ours"), lambda: likwid(test, size, threads, iterations)[0],
        options.pairs, 0.97)
    units, hertz, apart = ceiling(driver, dtype, path, 7 if options.quick else 25)
    whole = max(1, round(units))
    sound = units <= 1.02 * whole and apart < 0.02
    show_row(
        (threads, dtype, kernel, test, f"{result[4][0] / 1e9:.1f} / {result[4][1] / 1e9:.1f}",
         *ratio_cells(result), f"{hertz / 1e9:.3f}", f"{units:.3f}",
         "sound" if sound else "clock unsure" if apart >= 0.02 else "BROKEN"),
        (3, 5, 18, 24, 17, 6, 16, 5, 9, 6, 6, 8))
    return result[3], sound


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pairs", type=int, default=20, help="pairs at most, up to 200")
    parser.add_argument("--quick", action="store_true", help="best paths, one thread, 10 pairs")
    parser.add_argument("--milliseconds", type=float, default=50, help="length of a sample")
    parser.add_argument("--threads", default="1,2")
    parser.add_argument("--paths", default=",".join(PATHS))
    parser.add_argument("--urgent", action="store_true", help="before other load; needs root")
    options = parser.parse_args()
    if options.urgent:
        urgent()
    if options.quick:
        options.pairs, options.threads, options.paths = 10, "1", "best"
    options.pairs = min(200, options.pairs)
    require("likwid-bench")
    path = build()
    print("GFLOP/s: ours / likwid-bench, medians. Ratio: paired, with its interval; bound 0.97.")
    print("Units: multiply-add units of that width in use at the clock measured beside the kernel.")
    show_row(
        ("thr", "dtype", "kernel", "comparator", "GFLOP/s", "ratio", "interval", "pairs",
         "verdict", "GHz", "units", "ceiling"),
        (3, 5, 18, 24, 17, 6, 16, 5, 9, 6, 6, 8))
    good = True
    for threads in (int(t) for t in options.threads.split(",")):
        cpus = cpus_for(threads)
        if not cpus:
            continue
        driver = Driver(path, cpus)
        for dtype in ("f64", "f32"):
            for wanted in options.paths.split(","):
                try:
                    holds, sound = measure(driver, dtype, wanted, options)
                except RuntimeError as error:
                    print(f"{threads} {dtype} {wanted}: {error}")
                    continue
                good = good and sound and (holds or wanted != "best")
        driver.close()
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
