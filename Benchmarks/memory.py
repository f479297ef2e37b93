#!/usr/bin/env python3
"""Memory kernels of cpu-simd against likwid-bench and plain C loops. See README.md.

Needs likwid (apt-get install likwid), gcc and the Swift toolchain; --hpcc also hpcc."""

import argparse
import re
import subprocess
import sys
import tempfile

from common import (
    Driver, build, compare, cpus_for, likwid, likwid_iterations, median, ratio_cells, require,
    show_row, urgent)

KERNELS = ("read", "write", "copy", "scale", "add", "triad")
# likwid-bench's kernels with the same streams; it has none of scale and add.
LIKWID = {
    ("read", "plain"): ("load_avx512", "load_avx", "load_sse"),
    ("write", "plain"): ("store_avx512", "store_avx", "store_sse"),
    ("write", "nonTemporal"): ("store_mem_avx512", "store_mem_avx", "store_mem_sse"),
    ("copy", "plain"): ("copy_avx512", "copy_avx", "copy_sse"),
    ("copy", "nonTemporal"): ("copy_mem_avx512", "copy_mem_avx", "copy_mem_sse"),
    ("triad", "plain"): ("stream_avx512_fma", "stream_avx_fma", "stream_avx", "stream_sse"),
    ("triad", "nonTemporal"): (
        "stream_mem_avx512", "stream_mem_avx_fma", "stream_mem_avx", "stream_mem_sse"),
}
# Bytes of all arrays together, for each thread: well inside each level of common cores.
LEVELS = {"L1": 24_576, "L2": 589_824, "L3": 6_291_456, "DRAM": 201_326_592}
WIDTHS = (3, 5, 6, 12, 26, 20, 17, 6, 16, 5, 9)
BOUND = 0.97


def comparators(driver, kernel, stores, total, seconds):
    """(name, sampler) of the fastest likwid-bench kernel and of the faster plain loop."""
    threads = len(driver.cpus)
    found = []
    trials = []
    for test in LIKWID.get((kernel, stores), ()):
        try:
            iterations = likwid_iterations(test, total, threads, seconds)
            rates = [likwid(test, total, threads, iterations)[0] for _ in range(3)]
        except RuntimeError:
            continue
        trials.append((max(rates), test, iterations))
    if trials:
        _, test, iterations = max(trials)
        found.append((test, lambda: likwid(test, total, threads, iterations)[0]))
    loops = [(max(driver.rate(c) for _ in range(5)), c) for c in ("gcc", "clang")]
    compiler = max(loops)[1]
    found.append((f"C loop, {compiler}", lambda: driver.rate(compiler)))
    return found


def measure(driver, kernel, stores, level, options):
    threads = len(driver.cpus)
    total = LEVELS[level] * threads
    ours = driver.ask(f"memory {kernel} {stores} {total} {options.milliseconds}")[0]
    good = True
    seconds = options.milliseconds * 1e-3
    for name, sampler in comparators(driver, kernel, stores, total, seconds):
        result = compare(lambda: driver.rate("ours"), sampler, options.pairs, BOUND)
        show_row(
            (threads, level, kernel, stores, ours, name,
             f"{result[4][0] / 1e9:.1f} / {result[4][1] / 1e9:.1f}", *ratio_cells(result)), WIDTHS)
        good = good and result[3]
    return good


def hpcc():
    """STREAM of hpcc, once: GB/s by kernel. It runs the whole suite first, so this takes long."""
    require("hpcc")
    lines = ["HPCC input", "", "HPL.out", "8", "1", "5000", "1", "128", "0", "1", "1", "1",
             "16.0", "1", "2", "1", "4", "1", "2", "1", "1", "1", "0", "1", "0", "2", "64",
             "0", "0", "1", "8", "0", "0", "0", "0", "0"]
    with tempfile.TemporaryDirectory() as folder:
        with open(f"{folder}/hpccinf.txt", "w") as file:
            file.write("\n".join(lines) + "\n")
        subprocess.run(["hpcc"], cwd=folder, capture_output=True, timeout=3600)
        with open(f"{folder}/hpccoutf.txt") as file:
            text = file.read()
    return {
        kernel.lower(): float(value)
        for kernel, value in re.findall(r"SingleSTREAM_(\w+)=([\d.]+)", text)
        if kernel in ("Copy", "Scale", "Add", "Triad")}


def show_hpcc(path, options):
    print("STREAM of hpcc, one run, arrays of 67 MB; ours: the same bytes, medians of 20")
    theirs = hpcc()
    driver = Driver(path, cpus_for(1))
    for kernel, value in sorted(theirs.items()):
        arrays = 2 if kernel in ("copy", "scale") else 3
        for stores in ("plain", "nonTemporal"):
            driver.ask(f"memory {kernel} {stores} {arrays * 66_666_666} {options.milliseconds}")
            mine = median([driver.rate("ours") for _ in range(20)]) / 1e9
            show_row((kernel, stores, f"{mine:.1f} / {value:.1f}", f"{mine / value:.3f}"),
                     (6, 12, 15, 6))
    driver.close()


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pairs", type=int, default=20, help="pairs at most, up to 200")
    parser.add_argument("--quick", action="store_true", help="triad and read, one thread, 10 pairs")
    parser.add_argument("--milliseconds", type=float, default=20, help="length of a sample")
    parser.add_argument("--levels", default="L1,L2,L3,DRAM")
    parser.add_argument("--kernels", default=",".join(KERNELS))
    parser.add_argument("--threads", default="1,2")
    parser.add_argument("--hpcc", action="store_true", help="also STREAM of hpcc, once (minutes)")
    parser.add_argument("--urgent", action="store_true", help="before other load; needs root")
    options = parser.parse_args()
    if options.urgent:
        urgent()
    if options.quick:
        options.pairs, options.kernels, options.threads = 10, "read,triad", "1"
    options.pairs = min(200, options.pairs)
    require("likwid-bench")
    path = build()
    print("GB/s in STREAM's bytes: ours / comparator, medians. Ratio: paired, bound 0.97.")
    show_row(("thr", "level", "kernel", "stores", "ours", "comparator", "GB/s", "ratio",
              "interval", "pairs", "verdict"), WIDTHS)
    good = True
    for threads in (int(t) for t in options.threads.split(",")):
        cpus = cpus_for(threads)
        if not cpus:
            continue
        driver = Driver(path, cpus)
        for level in options.levels.split(","):
            for kernel in options.kernels.split(","):
                for stores in ("plain",) if kernel == "read" else ("plain", "nonTemporal"):
                    good = measure(driver, kernel, stores, level, options) and good
        driver.close()
    if options.hpcc:
        show_hpcc(path, options)
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
