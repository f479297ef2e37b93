#!/usr/bin/env python3
"""Matrix products of cpu-simd against OpenBLAS (f32, f64) and oneDNN (bf16, i8). See README.md.

Needs OpenBLAS (apt-get install libopenblas-dev) and the Swift toolchain; oneDNN (libdnnl-dev) for
bf16 and i8 only, u8 by i8 with sums in i32."""

import argparse
import os
import pathlib
import sys

import common
from common import Driver, compare, cpus_for, ratio_cells, run, show_row

WIDTHS = (3, 5, 20, 8, 7, 17, 6, 16, 5, 9, 9)
SQUARE = 2048
SMALL = (16, 32, 64, 128, 256, 512)
ROWS = (1, 4, 8, 16, 32, 128, 512)
# (k, n) of layers: BERT's feed-forward, Llama's attention and feed-forward.
LAYERS = ((768, 768), (768, 3072), (3072, 768), (4096, 4096), (4096, 14336), (14336, 4096))
# (m, n, k): a matrix by a vector, and products with one short side.
THIN = ((4096, 1, 4096), (768, 1, 3072), (4096, 4, 768), (4096, 16, 768), (2048, 2048, 8))


def build():
    """Compiles the driver with the flags of a release build; returns its path."""
    common.require("clang", "swiftc")
    build_folder, kernels, abi = common.BUILD, common.KERNELS, common.ABI
    build_folder.mkdir(parents=True, exist_ok=True)
    flags = ["-O3", "-fno-math-errno", "-Wall", "-Wextra"]
    include = ["-I", kernels / "include", "-I", abi / "include"]
    objects = []
    sources = [*sorted(kernels.glob("*.c")), abi / "simple.c", common.HERE / "gemm_driver.c",
               common.HERE / "gemm_onednn.c"]
    for source in sources:
        objects.append(build_folder / f"gemm_{source.stem}.o")
        run("clang", *flags, *include, "-c", source, "-o", objects[-1])
    onednn = ["-ldnnl"] if has_onednn() else []
    return common.link("gemm_driver", objects, "-lopenblas", *onednn)


def has_onednn():
    return pathlib.Path("/usr/include/dnnl.h").exists()


def rows(options, dtype):
    """(m, n, k, constant, bound) of each row."""
    found = []
    if "square" in options.groups:
        # oneDNN is at its best with weights that it laid out itself.
        found.append((SQUARE, SQUARE, SQUARE, 1 if dtype in ("bf16", "i8") else 0, 1.0))
    if "small" in options.groups:
        found += [(n, n, n, 0, 0.9) for n in SMALL]
    for constant, group in ((1, "weights"), (0, "layers")):
        if group in options.groups:
            found += [(m, n, k, constant, 0.9) for m in ROWS for k, n in LAYERS]
    if "thin" in options.groups:
        found += [(m, n, k, 0, 0.9) for m, n, k in THIN]
    if options.shapes:
        wanted = [tuple(int(x) for x in s.split("x")) for s in options.shapes.split(",")]
        found = [row for row in found if row[:3] in wanted]
    return found


def measure(driver, dtype, row, options):
    m, n, k, constant, bound = row
    _, packed, seconds = driver.ask(f"matmul {dtype} {m} {n} {k} {constant} {options.milliseconds}")
    result = compare(
        lambda: driver.rate("ours"), lambda: driver.rate("other"), options.pairs, bound)
    setup = f"{int(packed) / 1e6:.1f} MB, {float(seconds) * 1e3:.1f} ms" if int(packed) else ""
    show_row(
        (len(driver.cpus), dtype, f"{m} x {n} x {k}", "weight" if constant else "plain",
         f"{bound:.1f}", f"{result[4][0] / 1e9:.1f} / {result[4][1] / 1e9:.1f}",
         *ratio_cells(result), setup), WIDTHS)
    return result[3]


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pairs", type=int, default=20, help="pairs at most, up to 200")
    parser.add_argument("--quick", action="store_true", help="f32 squares, one thread, 10 pairs")
    parser.add_argument("--milliseconds", type=float, default=10, help="least length of a sample")
    parser.add_argument("--threads", default="1,2")
    parser.add_argument("--dtypes", default="f32,f64,bf16,i8")
    parser.add_argument("--groups", default="square,small,weights,layers,thin")
    parser.add_argument("--shapes", default="", help="only these, such as 16x16x16 (m, n, k)")
    parser.add_argument("--urgent", action="store_true", help="before other load; needs root")
    options = parser.parse_args()
    if options.urgent:
        common.urgent()
    if options.quick:
        options.pairs, options.threads, options.dtypes = 10, "1", "f32"
        options.groups = "square,small"
    options.pairs = min(200, options.pairs)
    # The comparator shall run the kernels that it picks by itself.
    os.environ.pop("OPENBLAS_CORETYPE", None)
    path = build()
    dtypes = options.dtypes.split(",")
    if not has_onednn():
        dtypes = [dtype for dtype in dtypes if dtype not in ("bf16", "i8")]
        print("without oneDNN (apt-get install libdnnl-dev): neither bf16 nor i8")
    good = True
    for threads in (int(t) for t in options.threads.split(",")):
        cpus = cpus_for(threads)
        if not cpus:
            continue
        os.environ["OPENBLAS_NUM_THREADS"] = os.environ["OMP_NUM_THREADS"] = str(threads)
        os.environ["OMP_PLACES"] = ",".join(f"{{{cpu}}}" for cpu in cpus)
        os.environ["OMP_PROC_BIND"] = "close"
        # oneDNN's idle threads would spin for milliseconds on CPUs that ours then need.
        os.environ["GOMP_SPINCOUNT"] = "10000"
        driver = Driver(path, cpus)
        print(f"GFLOP/s, ours / OpenBLAS ({driver.ask('core')[0]}) or oneDNN, medians. m x n x k.")
        show_row(("thr", "dtype", "shape", "B", "bound", "GFLOP/s", "ratio", "interval", "pairs",
                  "verdict", "packed once"), WIDTHS)
        for dtype in dtypes:
            for row in rows(options, dtype):
                good = measure(driver, dtype, row, options) and good
        driver.close()
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
