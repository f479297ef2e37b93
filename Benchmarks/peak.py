#!/usr/bin/env python3
"""Peak arithmetic of cpu-simd against likwid-bench's peakflops kernels, where it has one, and
against the clock. See README.md.

Needs likwid (apt-get install likwid), gcc, objdump and the Swift toolchain."""

import argparse
import re
import subprocess
import sys

from common import (
    BUILD, Driver, build, compare, cpus_for, likwid, likwid_iterations, median, ratio_cells,
    require, show_row, urgent)

DTYPES = ("f64", "f32", "f16", "bf16", "i32", "i16", "i8")
PATHS = ("best", "avx512", "avx2", "sse", "scalar", "amx")
BITS = {"sse": 128, "avx2": 256, "avx512": 512}
ELEMENT_BITS = {"f64": 64, "f32": 32, "f16": 16, "bf16": 16, "i32": 32, "i16": 16, "i8": 8}
# Comparators that do the same instructions; the others of likwid-bench multiply and add apart.
LIKWID = {
    ("f64", "avx2"): "peakflops_avx_fma", ("f32", "avx2"): "peakflops_sp_avx_fma",
    ("f64", "avx512"): "peakflops_avx512_fma", ("f32", "avx512"): "peakflops_sp_avx512_fma",
    ("f64", "sse"): "peakflops_sse", ("f32", "sse"): "peakflops_sp_sse",
    ("f64", "scalar"): "peakflops", ("f32", "scalar"): "peakflops_sp",
}
SIZE = 20_000  # bytes: likwid's kernels load one operand, which must stay in L1


WIDTHS = (3, 5, 18, 24, 17, 6, 16, 5, 9, 6, 6, 12)


def lanes(dtype, path):
    """Multiply-adds of one instruction; of a tile unit in one of a product's 16 cycles."""
    if path == "amx":
        return 8192 // ELEMENT_BITS[dtype]
    return 1 if path == "scalar" else BITS[path] // ELEMENT_BITS[dtype]


def ceiling(driver, kernel, dtype, path, samples):
    """Multiply-add units in use by the clock measured beside: (units, clock, disagreement)."""
    ratios, multiplied, added = [], [], []
    threads = len(driver.cpus)
    for _ in range(samples):
        multiplied.append(float(driver.ask(f"clock {kernel} 0 5")[0]))
        rate = driver.rate("ours")
        added.append(float(driver.ask(f"clock {kernel} 1 5")[0]))
        hertz = (multiplied[-1] + added[-1]) / 2
        ratios.append(rate / (2 * lanes(dtype, path) * threads * hertz))
    apart = abs(median(multiplied) / median(added) - 1)
    return median(ratios), median(multiplied), apart


def verdict(kernel, units, apart):
    """What the clock says: a kernel is sound within 0.95 and 1.02 of a whole number of units.

    One that needs several instructions for a multiply-add shares its ports between them, so only
    the upper bound means something: two units of the core's width."""
    if apart >= 0.02:
        return "clock unsure"
    if kernel.startswith(("muladd", "madd")):
        return "sound, parts" if units <= 1.02 * 2 else "BROKEN"
    whole = max(1, round(units))
    if units > 1.02 * whole:
        return "BROKEN"
    return "sound" if units >= 0.95 * whole else "slow"


def clock_is_honest():
    """Some cores fold additions of a number away: a clock must not be made of them."""
    text = subprocess.run(
        ["objdump", "-d", str(BUILD / "clock.o")], capture_output=True, text=True, check=True)
    clocks = [part for part in text.stdout.split("\n\n") if "<clock_" in part.split(":")[0]]
    folded = re.compile(r"\badd\s+\$0x[0-9a-f]+,%(?!rsp)")
    return clocks and not any(folded.search(part) for part in clocks)


def measure(driver, dtype, path, options):
    threads = len(driver.cpus)
    unit = "matrix" if path == "amx" else "vector"
    kernel = driver.ask(f"peak {dtype} {path} {unit} {options.milliseconds}")[0]
    path = kernel.rsplit("-", 1)[1]
    test = LIKWID.get((dtype, path))
    if test:
        size = SIZE * threads
        iterations = likwid_iterations(test, size, threads, options.milliseconds * 1e-3)
        result = compare(
            lambda: driver.rate("ours"), lambda: likwid(test, size, threads, iterations)[0],
            options.pairs, 0.97)
        rates = f"{result[4][0] / 1e9:.1f} / {result[4][1] / 1e9:.1f}"
        cells, holds = ratio_cells(result), result[3]
    else:
        rates = f"{median([driver.rate('ours') for _ in range(options.pairs)]) / 1e9:.1f}"
        cells, holds = ("", "", "", ""), True
    units, hertz, apart = ceiling(driver, kernel, dtype, path, 7 if options.quick else 25)
    found = verdict(kernel, units, apart)
    show_row(
        (threads, dtype, kernel, test or "none", rates, *cells, f"{hertz / 1e9:.3f}",
         f"{units:.3f}", found), WIDTHS)
    return holds, found


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pairs", type=int, default=20, help="pairs at most, up to 200")
    parser.add_argument("--quick", action="store_true", help="best paths, one thread, 10 pairs")
    parser.add_argument("--milliseconds", type=float, default=50, help="length of a sample")
    parser.add_argument("--threads", default="1,2")
    parser.add_argument("--dtypes", default=",".join(DTYPES))
    parser.add_argument("--paths", default=",".join(PATHS))
    parser.add_argument("--urgent", action="store_true", help="before other load; needs root")
    options = parser.parse_args()
    if options.urgent:
        urgent()
    if options.quick:
        options.pairs, options.threads, options.paths = 10, "1", "best,amx"
    options.pairs = min(200, options.pairs)
    require("likwid-bench")
    path = build()
    if not clock_is_honest():
        print("the clock's chain has additions that a core may fold away")
        return 1
    print("Gop/s: ours / likwid-bench, medians. Ratio: paired, with its interval; bound 0.97.")
    print("Units: multiply-add units of that width in use at the clock measured beside the kernel.")
    show_row(
        ("thr", "dtype", "kernel", "comparator", "Gop/s", "ratio", "interval", "pairs",
         "verdict", "GHz", "units", "ceiling"), WIDTHS)
    good = True
    for threads in (int(t) for t in options.threads.split(",")):
        cpus = cpus_for(threads)
        if not cpus:
            continue
        driver = Driver(path, cpus)
        for dtype in options.dtypes.split(","):
            for wanted in options.paths.split(","):
                try:
                    holds, found = measure(driver, dtype, wanted, options)
                except RuntimeError as error:
                    print(f"{threads} {dtype} {wanted}: {error}")
                    continue
                good = good and found.startswith("sound") and (holds or wanted != "best")
        driver.close()
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
