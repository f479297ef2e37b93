#!/usr/bin/env python3
"""Operators of cpu-simd that memory bounds against its triad. See README.md.

Needs the Swift toolchain only."""

import argparse
import sys

from common import (
    Driver, build, compare, cpus_for, ratio_cells, require, show_row, urgent)

# name, what the driver gives it, largest tensors of one call (inputs and output)
CORE = (
    ("Add", "two", 3), ("Exp", "one", 2), ("Softmax", "one", 2),
    ("LayerNormalization", "normalize", 2), ("ReduceSum", "rows", 1), ("ReduceSum", "all", 1))
OTHERS = (
    ("Abs", "one", 2), ("Neg", "one", 2), ("Sqrt", "one", 2), ("Reciprocal", "one", 2),
    ("Rsqrt", "one", 2), ("Log", "one", 2), ("Sin", "one", 2), ("Cos", "one", 2),
    ("Tanh", "one", 2), ("Sigmoid", "one", 2), ("Relu", "one", 2), ("LeakyRelu", "one", 2),
    ("Elu", "one", 2), ("Gelu", "one", 2), ("Silu", "one", 2), ("Erf", "one", 2),
    ("Floor", "one", 2), ("Ceil", "one", 2), ("Round", "one", 2), ("Sign", "one", 2),
    ("Clip", "one", 2), ("IsNaN", "one", 2), ("IsInf", "one", 2), ("Sub", "two", 3),
    ("Mul", "two", 3), ("Div", "two", 3), ("Pow", "two", 3), ("Min", "two", 3),
    ("Max", "two", 3), ("Equal", "two", 3), ("Greater", "two", 3), ("Less", "two", 3),
    ("Where", "where", 3), ("ReduceMean", "rows", 1), ("ReduceMax", "rows", 1),
    ("ReduceMin", "rows", 1), ("ReduceProd", "rows", 1), ("LogSoftmax", "one", 2),
    ("RMSNormalization", "rms", 2), ("Identity", "one", 2), ("Transpose", "exchanged", 2),
    ("Concat", "joined", 4), ("Gather", "chosen", 2))
BYTES = {"f64": 8, "f32": 4, "f16": 2, "bf16": 2, "i64": 8, "i32": 4, "i8": 1, "u8": 1}
# Columns of a row: a common width of a model.
COLUMNS = 1024
WIDTHS = (3, 18, 9, 5, 29, 16, 6, 16, 5, 9)
BOUND = 0.9


class Sampler:
    """Bytes per second of one of the driver's two prepared operations."""

    def __init__(self, driver, who, milliseconds):
        self.driver, self.who, self.calls = driver, who, 1
        took, _ = self.once()
        self.calls = max(1, round(milliseconds * 1e6 / took))

    def once(self):
        nanoseconds, moved = self.driver.ask(f"run {self.who} {self.calls}")
        return int(nanoseconds), int(moved)

    def rate(self):
        nanoseconds, moved = self.once()
        return moved / nanoseconds * 1e9


def best_triad(driver, options):
    """Prepares the triad whose stores are faster here: what the machine can do at all."""
    rates = []
    for stores in ("plain", "nonTemporal"):
        driver.ask(f"triad {stores} {options.bytes}")
        sampler = Sampler(driver, "triad", options.milliseconds)
        rates.append((max(sampler.rate() for _ in range(5)), stores))
    stores = max(rates)[1]
    driver.ask(f"triad {stores} {options.bytes}")
    return stores, Sampler(driver, "triad", options.milliseconds)


def measure(driver, row, dtype, triad, options):
    name, kind, tensors = row
    rows = max(1, options.bytes // tensors // BYTES[dtype] // COLUMNS)
    try:
        kernel = driver.ask(f"operator {name} {dtype} {rows} {COLUMNS} {kind}")[0]
    except RuntimeError as error:
        print(error)
        return False
    stores, reference = triad
    subject = Sampler(driver, "operator", options.milliseconds)
    subject.once()
    result = compare(subject.rate, reference.rate, options.pairs, BOUND)
    show_row(
        (len(driver.cpus), name, kind, dtype, kernel,
         f"{result[4][0] / 1e9:.1f} / {result[4][1] / 1e9:.1f}", *ratio_cells(result)), WIDTHS)
    return result[3]


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pairs", type=int, default=20, help="pairs at most, up to 200")
    parser.add_argument("--quick", action="store_true", help="f32, one thread, 10 pairs")
    parser.add_argument("--all", action="store_true", help="all operators, not only six rows")
    parser.add_argument("--milliseconds", type=float, default=20, help="length of a sample")
    parser.add_argument("--bytes", type=int, default=402_653_184,
                        help="of all tensors of a call together; beyond the caches by default")
    parser.add_argument("--types", default="f32,f64")
    parser.add_argument("--operators", default="", help="only these, by name")
    parser.add_argument("--threads", default="1,2")
    parser.add_argument("--urgent", action="store_true", help="before other load; needs root")
    options = parser.parse_args()
    if options.urgent:
        urgent()
    if options.quick:
        options.pairs, options.types, options.threads = 10, "f32", "1"
    options.pairs = min(200, options.pairs)
    require("clang", "swiftc")
    path = build("tensors.c")
    wanted = [name for name in options.operators.split(",") if name]
    table = CORE + (OTHERS if options.all or wanted else ())
    print("GB/s in bytes moved by definition: operator / triad, medians. Ratio: paired, bound 0.9.")
    show_row(("thr", "operator", "on", "type", "kernel", "GB/s", "ratio", "interval", "pairs",
              "verdict"), WIDTHS)
    good = True
    for threads in (int(t) for t in options.threads.split(",")):
        cpus = cpus_for(threads)
        if not cpus:
            continue
        driver = Driver(path, cpus)
        triad = best_triad(driver, options)
        print(f"triad, {threads} threads: {triad[0]} stores are the faster")
        for dtype in options.types.split(","):
            for row in table:
                if not wanted or row[0] in wanted:
                    good = measure(driver, row, dtype, triad, options) and good
        driver.close()
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
