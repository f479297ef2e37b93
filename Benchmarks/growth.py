#!/usr/bin/env python3
"""Whether the memory of the harness grows while a long run goes on.

Needs the programs (`make build`) and clang. Measures hundreds of points of a plug-in that rests, for
--minutes, and reads the resident memory of `assay` every few seconds, as the kernel counts it. The
line through the last four fifths of the readings must not rise by more than 2 MB an hour. See
README.md."""

import argparse
import pathlib
import shutil
import signal
import subprocess
import sys
import tempfile
import time

from common import BUILD, HERE, ROOT, plugin

ASSAY = ROOT / ".build" / "release" / "assay"
BOUND = 2.0  # MB an hour


CASE = """\
assay: 1
id: growth/product
title: Small products, as many as it takes
workload:
  operator: MatMul
  inputs:
    A: { dtype: f32, shape: [$n, 8] }
    B: { dtype: f32, shape: [8, 8] }
axes:
  n: [VALUES]
"""


def prepare():
    """The plug-in and a case of thousands of points; returns the options that name them."""
    folder = BUILD / "growth"
    plugin(folder, "resting", HERE / "resting.c")
    cases = folder / "cases"
    cases.mkdir(exist_ok=True)
    values = ", ".join(str(n) for n in range(1, 4001))
    (cases / "product.yaml").write_text(CASE.replace("VALUES", values))
    return ["growth/product", "--cases", str(cases), "--plugin-path", str(folder),
            "--backend", "resting"]


def resident(pid):
    """Bytes that are the process's own, without pages of files; None when it has ended."""
    try:
        with open(f"/proc/{pid}/status") as file:
            fields = dict(line.split(":", 1) for line in file)
        return int(fields["RssAnon"].split()[0]) * 1024
    except (OSError, KeyError):
        return None


def slope(points):
    """The least-squares line's rise for each unit of the abscissa."""
    n = len(points)
    mean_x = sum(x for x, _ in points) / n
    mean_y = sum(y for _, y in points) / n
    across = sum((x - mean_x) ** 2 for x, _ in points)
    return sum((x - mean_x) * (y - mean_y) for x, y in points) / across


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=60)
    parser.add_argument("--period", type=float, default=5, help="seconds between readings")
    options = parser.parse_args()
    results = tempfile.mkdtemp(prefix="assay-growth-")
    command = [str(ASSAY), "run", *prepare(), "--threads", "1", "--profile", "smoke",
               "--results", results]
    child = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                             cwd=ROOT)
    start, readings = time.monotonic(), []
    while child.poll() is None and time.monotonic() - start < options.minutes * 60:
        time.sleep(options.period)
        bytes_now = resident(child.pid)
        if bytes_now is not None:
            readings.append(((time.monotonic() - start) / 3600, bytes_now / 1e6))
    lasted = time.monotonic() - start
    if child.poll() is None:
        child.send_signal(signal.SIGINT)
    elif child.returncode != 0:
        sys.exit(f"{' '.join(command)} ended with {child.returncode}")
    child.wait()
    launches = 0
    for journal in pathlib.Path(results).glob("*/launches.jsonl"):
        launches += journal.read_bytes().count(b"\n")
    shutil.rmtree(results, ignore_errors=True)
    steady = readings[len(readings) // 5:]
    if len(steady) < 3:
        print("not shown: too few readings")
        return 1
    for x, y in readings[::max(1, len(readings) // 12)]:
        print(f"{x * 60:6.1f} min  {y:7.2f} MB")
    rise = slope(steady)
    holds = rise <= BOUND
    print(f"{len(readings)} readings in {lasted / 60:.1f} min, {launches} launches: {rise:+.2f} MB an hour; bound "
          f"{BOUND} MB: {'holds' if holds else 'BROKEN'}")
    return 0 if holds else 1


if __name__ == "__main__":
    sys.exit(main())
