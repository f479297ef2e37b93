#!/usr/bin/env python3
"""What the harness itself costs: clock, empty operation, start, memory, and a product against bare C.

Needs the programs (`make build`), gcc and libopenblas-dev. See README.md."""

import argparse
import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import time

from common import BUILD, HERE, ROOT, compare, interval, median, require, run, show_row

ASSAY = ROOT / ".build" / "release" / "assay"


def build():
    require("gcc")
    BUILD.mkdir(parents=True, exist_ok=True)
    bare = BUILD / "bare"
    run("gcc", "-O2", HERE / "bare.c", "-o", bare, "-lopenblas", "-lm")
    return bare


def record(results, *arguments):
    """The record of one run as a dictionary."""
    command = [str(ASSAY), "run", *arguments, "--json", "--results", results]
    done = subprocess.run(command, capture_output=True, text=True, cwd=ROOT)
    if done.returncode != 0:
        sys.exit(f"{' '.join(command)} failed:\n{done.stderr}")
    shutil.rmtree(results, ignore_errors=True)
    return json.loads(done.stdout)


def value(metric):
    return metric["estimate"]["value"]


def line(name, values, bound, unit, below=True):
    found = interval(values, 0.95)
    span = f"[{found[0]:.4g}, {found[1]:.4g}]" if found else "[too few]"
    holds = found is not None and (found[1] <= bound if below else found[0] >= bound)
    show_row(
        (name, f"{median(values):.4g} {unit}", span, f"{'<=' if below else '>='} {bound} {unit}",
         len(values), "holds" if holds else "not shown"), WIDTHS)


WIDTHS = (44, 14, 24, 16, 6, 9)


def overheads(bare, results, count):
    clock_ratios, empty, ready, listing, memory = [], [], [], [], []
    for _ in range(count):
        own = record(results, "launch/empty", "--set", "timing=batch", "--backend", "null",
                     "--profile", "smoke")["calibration"]
        plain = float(subprocess.check_output([bare, "clock"]))
        clock_ratios.append(value(own["clockPairNanoseconds"]) * 1e9 / plain)
        empty.append(value(own["harnessOverhead"]) * 1e9)
        ready.append(value(own["workerStart"]) * 1e3)
        before = time.monotonic()
        subprocess.run([ASSAY, "list", "cases"], cwd=ROOT, stdout=subprocess.DEVNULL, check=True)
        listing.append((time.monotonic() - before) * 1e3)
        memory.append(peak_memory(results) / 1e6)
    line("clock pair / the same in bare C", clock_ratios, 1.5, "")
    line("empty operation through the ABI (null)", empty, 100, "ns")
    line("worker: start of process to first call done", ready, 10, "ms")
    line("assay list cases, whole process", listing, 50, "ms")
    line("assay run, peak memory of the harness", memory, 100, "MB")


def peak_memory(results):
    """Bytes of resident memory that `assay` itself took at most; its workers are not counted."""
    command = [str(ASSAY), "run", "op/add", "--set", "size=small", "--set", "types=f32",
               "--backend", "cpu-simd", "--profile", "smoke", "--results", results]
    child = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd=ROOT)
    peak = 0
    while child.poll() is None:
        try:
            status = pathlib.Path(f"/proc/{child.pid}/status").read_text()
        except OSError:
            break
        for row in status.splitlines():
            if row.startswith("VmHWM:"):
                peak = max(peak, int(row.split()[1]) * 1024)
        time.sleep(0.02)
    shutil.rmtree(results, ignore_errors=True)
    return peak


def product(bare, results, pairs, threads):
    """Rates of op/matmul f32 1024 through the harness and of the same cblas_sgemm in bare C."""
    cpus = sorted(os.sched_getaffinity(0))[:threads]
    pinned = ["taskset", "-c", ",".join(str(cpu) for cpu in cpus)]
    environment = dict(os.environ, OPENBLAS_NUM_THREADS=str(threads))

    def ours():
        run = record(results, "op/matmul", "--set", "types=f32", "--set", "size=s1024",
                     "--set", "cache=hot", "--backend", "blas", "--profile", "smoke",
                     "--threads", str(threads))
        metrics = run["points"][0]["metrics"]
        return 1 / value(next(m for m in metrics if m["name"] == "time"))

    def plain():
        return 1e9 / float(subprocess.check_output(
            [*pinned, bare, "gemm", "1024", "20"], env=environment))

    # Slower by at most 1 %, and faster by at most 1 %: the harness adds nothing and hides nothing.
    ratio, found, done, holds, rates = compare(ours, plain, pairs, 0.99, 1.01)
    span = f"[{found[0]:.4f}, {found[1]:.4f}]" if found else "[too few]"
    show_row(("op/matmul f32 1024, harness / bare C (rate)", f"{ratio:.4f}", span, "0.99 to 1.01", done,
              "holds" if holds else "not shown"), WIDTHS)
    print(f"  {rates[0] * 2 * 1024 ** 3 / 1e9:.1f} and {rates[1] * 2 * 1024 ** 3 / 1e9:.1f} GFLOP/s"
          f" with {threads} threads")


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pairs", type=int, default=100)
    parser.add_argument("--threads", type=int, default=1, help="of the product")
    parser.add_argument("--only-product", action="store_true")
    parser.add_argument("--quick", action="store_true", help="few repetitions: does it run?")
    options = parser.parse_args()
    bare = build()
    results = tempfile.mkdtemp(prefix="assay-benchmark-")
    show_row(("what", "median", "95 % interval", "bound", "n", ""), WIDTHS)
    if not options.only_product:
        overheads(bare, results, 3 if options.quick else 20)
    product(bare, results, 3 if options.quick else options.pairs, options.threads)


if __name__ == "__main__":
    main()
