#!/usr/bin/env python3
"""What sampling the machine's sensors costs a measurement: its median with and without, in turn.

One core is measured on, and the sampler has the others. Bound: less than 0.5 %. Needs the programs
(`make build`). See README.md."""

import argparse
import json
import shutil
import subprocess
import sys
import tempfile

from common import ROOT, compare, show_row

ASSAY = ROOT / ".build" / "release" / "assay"
WIDTHS = (52, 10, 24, 18, 6, 9)


def rate(results, telemetry):
    """Calls per second of a compute case on one core."""
    command = [str(ASSAY), "run", "peak/fma", "--set", "path=best", "--set", "dtype=f64",
               "--set", "threads=1", "--backend", "cpu-simd", "--profile", "smoke", "--telemetry",
               telemetry, "--json", "--results", results]
    done = subprocess.run(command, capture_output=True, text=True, cwd=ROOT)
    shutil.rmtree(results, ignore_errors=True)
    if done.returncode != 0:
        sys.exit(f"{' '.join(command)} failed:\n{done.stderr}")
    metrics = json.loads(done.stdout)["points"][0]["metrics"]
    return 1 / next(m for m in metrics if m["name"] == "time")["estimate"]["value"]


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pairs", type=int, default=200)
    parser.add_argument("--period", default="100ms", help="of the sampler, such as 100ms")
    options = parser.parse_args()
    results = tempfile.mkdtemp(prefix="assay-benchmark-")
    show_row(("what", "median", "95 % interval", "bound", "n", ""), WIDTHS)
    ratio, found, done, holds, _ = compare(
        lambda: rate(results, options.period), lambda: rate(results, "off"), options.pairs, 0.995)
    span = f"[{found[0]:.4f}, {found[1]:.4f}]" if found else "[too few]"
    show_row((f"rate, sampled every {options.period} / not sampled", f"{ratio:.4f}", span,
              ">= 0.995", done, "holds" if holds else "not shown"), WIDTHS)


if __name__ == "__main__":
    main()
