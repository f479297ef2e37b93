#!/usr/bin/env python3
"""Convolution and attention of cpu-simd against ONNX Runtime's CPU provider. See README.md.

Needs the Swift toolchain, and onnxruntime 1.23 or later (pip install onnxruntime onnx numpy)."""

import argparse
import os
import sys
import time

import common
from common import Driver, compare, cpus_for, ratio_cells, run, show_row

try:
    import numpy as np
    import onnxruntime
    from onnx import TensorProto, helper, numpy_helper
except ImportError as error:
    print(f"missing: {error.name}; install with: pip install onnxruntime onnx numpy")
    sys.exit(2)

BOUND = 0.5
WIDTHS = (3, 34, 8, 20, 17, 6, 16, 5, 9)
# Channels in, out, window, stride and extent of the input: all of ResNet-50, each once.
RESNET = (
    (3, 64, 7, 2, 224),
    (64, 64, 1, 1, 56), (64, 64, 3, 1, 56), (64, 256, 1, 1, 56), (256, 64, 1, 1, 56),
    (256, 128, 1, 1, 56), (128, 128, 3, 2, 56), (128, 512, 1, 1, 28), (256, 512, 1, 2, 56),
    (512, 128, 1, 1, 28), (128, 128, 3, 1, 28),
    (512, 256, 1, 1, 28), (256, 256, 3, 2, 28), (256, 1024, 1, 1, 14), (512, 1024, 1, 2, 28),
    (1024, 256, 1, 1, 14), (256, 256, 3, 1, 14),
    (1024, 512, 1, 1, 14), (512, 512, 3, 2, 14), (512, 2048, 1, 1, 7), (1024, 2048, 1, 2, 14),
    (2048, 512, 1, 1, 7), (512, 512, 3, 1, 7))
# Name, batch, heads, shared heads, queries, cached keys, size of a head, causal: of cases/op.
ATTENTION = (
    ("full small", 1, 8, 8, 128, 0, 64, 0), ("full model", 8, 16, 16, 197, 0, 64, 0),
    ("prefill small", 1, 8, 8, 128, 0, 64, 1), ("prefill model", 1, 32, 8, 512, 0, 128, 1),
    ("decode small", 1, 8, 8, 1, 255, 64, 0), ("decode model", 8, 32, 8, 1, 511, 128, 0))
LARGE = (
    ("full large", 32, 16, 16, 512, 0, 64, 0), ("prefill large", 1, 32, 8, 8192, 0, 128, 1))


class Problem:
    """One operator: inputs by name, in order, with the constant ones marked."""

    def __init__(self, title, operator, opset, flops, inputs, outputs, attributes, constants=()):
        self.title, self.operator, self.opset, self.flops = title, operator, opset, flops
        self.inputs, self.outputs, self.attributes = inputs, outputs, attributes
        self.constants = constants


def numbers(random, *shape):
    return random.standard_normal(shape, dtype=np.float32)


def convolution(random, batch, row):
    channels, outputs, window, stride, extent = row
    pad = window // 2
    size = (extent + 2 * pad - window) // stride + 1
    flops = 2 * batch * outputs * size * size * channels * window * window
    return Problem(
        f"{channels} > {outputs}, {window}x{window}/{stride}, {extent}x{extent}, n {batch}",
        "Conv", 11, flops,
        {"X": numbers(random, batch, channels, extent, extent),
         "W": numbers(random, outputs, channels, window, window)},
        {"Y": (batch, outputs, size, size)},
        {"pads": [pad] * 4, "strides": [stride] * 2}, ("W",))


def depthwise(random, batch):
    channels, extent = 144, 56
    return Problem(
        f"depthwise {channels}, 3x3/1, {extent}x{extent}, n {batch}", "Conv", 11,
        2 * batch * channels * extent * extent * 9,
        {"X": numbers(random, batch, channels, extent, extent),
         "W": numbers(random, channels, 1, 3, 3)},
        {"Y": (batch, channels, extent, extent)}, {"pads": [1] * 4, "group": channels}, ("W",))


def attention(random, row):
    name, batch, heads, shared, queries, past, size, causal = row
    new = queries
    inputs = {"Q": numbers(random, batch, heads, queries, size),
              "K": numbers(random, batch, shared, new, size),
              "V": numbers(random, batch, shared, new, size)}
    if past:
        inputs["attn_mask"] = None
        inputs["past_key"] = numbers(random, batch, shared, past, size)
        inputs["past_value"] = numbers(random, batch, shared, past, size)
    keys = past + new
    pairs = queries * keys if not causal else queries * (queries + 1) // 2 + queries * past
    cache = (batch, shared, keys, size)
    return Problem(name, "Attention", 23, batch * heads * pairs * (4 * size + 6), inputs,
                   {"Y": (batch, heads, queries, size), "present_key": cache,
                    "present_value": cache}, {"is_causal": causal} if causal else {})


class Runtime:
    """ONNX Runtime with one operator. Its layout passes pay or cost with a single layer, so both
    are tried and the faster is the comparator."""

    def __init__(self, problem, threads):
        self.problem = problem
        kinds = []
        for level in (onnxruntime.GraphOptimizationLevel.ORT_ENABLE_ALL,
                      onnxruntime.GraphOptimizationLevel.ORT_ENABLE_BASIC):
            kinds.append(self.bind(level, threads))
        times = []
        for session, binding, _ in kinds:
            session.run_with_iobinding(binding)
            best = float("inf")
            for _ in range(5):
                before = time.perf_counter()
                session.run_with_iobinding(binding)
                best = min(best, time.perf_counter() - before)
            times.append(best)
        self.session, self.binding, self.results = kinds[times.index(min(times))]

    def bind(self, level, threads):
        problem = self.problem
        names = [name if value is not None else "" for name, value in problem.inputs.items()]
        node = helper.make_node(problem.operator, names, list(problem.outputs),
                                **problem.attributes)
        values = [helper.make_tensor_value_info(name, TensorProto.FLOAT, value.shape)
                  for name, value in problem.inputs.items()
                  if value is not None and name not in problem.constants]
        results = [helper.make_tensor_value_info(name, TensorProto.FLOAT, shape)
                   for name, shape in problem.outputs.items()]
        weights = [numpy_helper.from_array(problem.inputs[name], name)
                   for name in problem.constants]
        graph = helper.make_graph([node], "layer", values, results, weights)
        model = helper.make_model(
            graph, opset_imports=[helper.make_opsetid("", problem.opset)], ir_version=10)
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        options.inter_op_num_threads = 1
        options.graph_optimization_level = level
        session = onnxruntime.InferenceSession(
            model.SerializeToString(), options, providers=["CPUExecutionProvider"])
        binding, kept = session.io_binding(), []
        for value in values:
            binding.bind_cpu_input(value.name, problem.inputs[value.name])
        for name, shape in problem.outputs.items():
            result = onnxruntime.OrtValue.ortvalue_from_shape_and_type(shape, np.float32)
            binding.bind_ortvalue_output(name, result)
            kept.append(result)
        return session, binding, kept

    def seconds(self, calls):
        before = time.perf_counter()
        for _ in range(calls):
            self.session.run_with_iobinding(self.binding)
        return time.perf_counter() - before

    def result(self):
        return self.results[0].numpy()


class Ours:
    """The same operator in the backend, on the same numbers."""

    def __init__(self, driver, problem):
        self.driver = driver
        driver.ask(f"operator {problem.operator} {problem.opset}")
        for name, value in problem.inputs.items():
            if value is None:
                driver.ask("input 0 -")
                continue
            path = common.BUILD / "layer_input.bin"
            value.tofile(path)
            constant = int(name in problem.constants)
            driver.ask(f"input {constant} {path} {' '.join(str(n) for n in value.shape)}")
        for shape in problem.outputs.values():
            driver.ask(f"output {' '.join(str(n) for n in shape)}")
        for name, value in problem.attributes.items():
            values = value if isinstance(value, list) else [value]
            driver.ask(f"attribute {name} {' '.join(str(n) for n in values)}")
        self.kernel = driver.ask("prepare")[0]
        self.shape = next(iter(problem.outputs.values()))

    def seconds(self, calls):
        return int(self.driver.ask(f"run {calls}")[0]) / 1e9

    def result(self):
        path = common.BUILD / "layer_output.bin"
        self.driver.ask(f"save {path}")
        return np.fromfile(path, np.float32).reshape(self.shape)


class Sampler:
    """Operations per second of one of the two, in samples of about that many milliseconds."""

    def __init__(self, subject, flops, milliseconds):
        self.subject, self.flops, self.calls = subject, flops, 1
        for _ in range(4):
            took = max(self.subject.seconds(self.calls), 1e-6)
            if took >= 0.8e-3 * milliseconds:
                break
            self.calls = max(1, int(self.calls * 1e-3 * milliseconds / took))

    def rate(self):
        # The runtime's threads spin for a while after a call; the other's turn comes when they
        # sleep. The first call wakes one's own.
        time.sleep(0.02)
        self.subject.seconds(1)
        return self.flops * self.calls / self.subject.seconds(self.calls)


def build():
    """Compiles the driver with the flags of a release build; returns its path."""
    common.require("clang", "swiftc")
    common.BUILD.mkdir(parents=True, exist_ok=True)
    flags = ["-O3", "-fno-math-errno", "-Wall", "-Wextra"]
    include = ["-I", common.KERNELS / "include", "-I", common.ABI / "include"]
    objects = []
    sources = [*sorted(common.KERNELS.glob("*.c")), common.ABI / "simple.c",
               common.HERE / "layers_driver.c"]
    for source in sources:
        objects.append(common.BUILD / f"layers_{source.stem}.o")
        run("clang", *flags, *include, "-c", source, "-o", objects[-1])
    return common.link("layers_driver", objects)


def measure(driver, problem, options):
    ours, theirs = Ours(driver, problem), Runtime(problem, len(driver.cpus))
    ours.seconds(1), theirs.seconds(1)
    given, right = ours.result(), theirs.result()
    error = float(np.max(np.abs(given - right)) / max(float(np.max(np.abs(right))), 1e-30))
    if not error < 1e-4:
        print(f"{problem.title}: the results differ by {error:.2g} of the largest")
        return False
    samplers = [Sampler(who, problem.flops, options.milliseconds) for who in (ours, theirs)]
    result = compare(samplers[0].rate, samplers[1].rate, options.pairs, BOUND)
    show_row(
        (len(driver.cpus), problem.title, f"{problem.flops / 1e9:.3g}", ours.kernel,
         f"{result[4][0] / 1e9:.1f} / {result[4][1] / 1e9:.1f}", *ratio_cells(result)), WIDTHS)
    return result[3]


def problems(options):
    random = np.random.default_rng(20261128)
    wanted = options.groups.split(",")
    if "conv" in wanted:
        for row in RESNET:
            yield convolution(random, options.batch, row)
    if "depthwise" in wanted:
        yield depthwise(random, 8)
    if "attention" in wanted:
        for row in ATTENTION + (LARGE if options.large else ()):
            yield attention(random, row)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pairs", type=int, default=20, help="pairs at most, up to 200")
    parser.add_argument("--quick", action="store_true", help="one thread, 10 pairs, short samples")
    parser.add_argument("--milliseconds", type=float, default=10, help="least length of a sample")
    parser.add_argument("--threads", default="1,2")
    parser.add_argument("--batch", type=int, default=1, help="images of a convolution")
    parser.add_argument("--groups", default="conv,depthwise,attention")
    parser.add_argument("--large", action="store_true", help="the large attentions too")
    options = parser.parse_args()
    if options.quick:
        options.pairs, options.threads, options.milliseconds = 10, "1", 3
    options.pairs = min(200, options.pairs)
    path = build()
    allowed = os.sched_getaffinity(0)
    print(f"GFLOP/s, ours / ONNX Runtime {onnxruntime.__version__}, medians; bound {BOUND}.")
    show_row(("thr", "layer", "GFLOP", "kernel", "GFLOP/s", "ratio", "interval", "pairs",
              "verdict"), WIDTHS)
    good = True
    for threads in (int(t) for t in options.threads.split(",")):
        os.sched_setaffinity(0, allowed)
        cpus = cpus_for(threads)
        if not cpus:
            continue
        driver = Driver(path, cpus)
        os.sched_setaffinity(0, cpus)
        for problem in problems(options):
            good = measure(driver, problem, options) and good
        driver.close()
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
