#!/usr/bin/env python3
"""Writes the fixtures of OperatorsTests (needs numpy, scipy, mpmath; checks with onnx if present).

    python3 generate.py

operators.json  operators with ONNX semantics, computed by numpy in f64
data.json       the data generator, implemented here a second time: hashes, quantiles, cycles
outputs.json    outputs of real f32 and f64 arithmetic on generated data, right and wrong ones
Arrays are base64 of little-endian bytes.
"""
import base64
import json
import pathlib

import numpy as np
import scipy.special
import scipy.stats

import tables

HERE = pathlib.Path(__file__).resolve().parent
NUMPY = {"f64": np.float64, "f32": np.float32, "i64": np.int64}
MASK = (1 << 64) - 1


def text(array):
    return base64.b64encode(np.ascontiguousarray(array).tobytes()).decode()


# The generator ---------------------------------------------------------------------------------

def splitmix64(seed):
    while True:
        seed = (seed + 0x9E3779B97F4A7C15) & MASK
        z = seed
        z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) & MASK
        z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & MASK
        yield z ^ (z >> 31)


def xoshiro(state):
    def rotl(x, k):
        return ((x << k) | (x >> (64 - k))) & MASK
    a, b, c, d = state
    while True:
        yield (rotl((b * 5) & MASK, 7) * 9) & MASK
        t = (b << 17) & MASK
        c ^= a
        d ^= b
        b ^= c
        a ^= d
        c ^= t
        d = rotl(d, 45)


def seeded(seed):
    seeder = splitmix64(seed)
    return xoshiro([next(seeder) for _ in range(4)])


def draws(seed, count):
    generator = seeded(seed)
    return [next(generator) for _ in range(count)]


NORMAL = np.array(tables.normal_table())
SINE = np.array(tables.sine_table())


def signed(values, raw):
    return np.array([-v if r >> 63 else v for v, r in zip(values, raw)])


def interpolate(table, positions, fractions):
    low, high = table[positions], table[np.array(positions) + 1]
    return low + np.array(fractions, dtype=np.float64) * (high - low)


def normal(raw):
    positions, fractions = [], []
    for r in raw:
        tail = max(r & (MASK >> 1), 1 << 39)
        octave = 63 - tail.bit_length()
        tail <<= octave
        positions.append(65 * octave + ((tail >> 56) & 63))
        fractions.append(((tail >> 4) & ((1 << 52) - 1)) / 2.0 ** 52)
    return signed(interpolate(NORMAL, positions, fractions), raw)


def sines(raw):
    positions = [(r >> 54) & 511 for r in raw]
    fractions = [((r >> 2) & ((1 << 52) - 1)) / 2.0 ** 52 for r in raw]
    return signed(interpolate(SINE, positions, fractions), raw)


def data(pattern, dtype, seed, count):
    """The numbers of a tensor before they are stored."""
    if pattern == "normal":
        return normal(draws(seed, count))
    if pattern == "trigonometric":
        return sines(draws(seed, count))
    if pattern == "uniform":
        bits = {"f64": 53, "f32": 24, "f16": 11, "bf16": 8}[dtype]
        return np.array([(r >> (64 - bits)) / 2.0 ** bits for r in draws(seed, count)])
    if pattern.startswith("sparse"):
        probability = float(pattern[7:-1])
        raw = draws(seed, 2 * count)
        keep = np.array([(r >> 11) / 2.0 ** 53 >= probability for r in raw[::2]])
        return np.where(keep, normal(raw[1::2]), 0.0)
    return np.zeros(count)


def bfloat16(values):
    """Nearest-even bfloat16 patterns of f64 values that f32 holds exactly or not (two-step safe)."""
    result = []
    for value in np.asarray(values, dtype=np.float64).ravel():
        mantissa, exponent = np.frexp(abs(value))
        if value == 0:
            result.append(0)
            continue
        units = int(np.round(np.ldexp(mantissa, 8)))      # numpy rounds halves to even
        rounded = np.ldexp(float(units), int(exponent) - 8)
        bits = np.float32(rounded).view(np.uint32) >> 16
        result.append(int(bits) | (0x8000 if value < 0 else 0))
    return np.array(result, dtype=np.uint16)


def stored(values, dtype):
    if dtype == "bf16":
        return bfloat16(values)
    return values.astype({"f64": np.float64, "f32": np.float32, "f16": np.float16}[dtype])


def fnv(raw):
    value = 0xCBF29CE484222325
    for byte in raw:
        value = ((value ^ byte) * 0x100000001B3) & MASK
    return f"{value:016x}"


def below(generator, bound):
    product = next(generator) * bound
    if product & MASK < bound:
        threshold = (1 << 64) % bound
        while product & MASK < threshold:
            product = next(generator) * bound
    return product >> 64


def chase(size, stride, window, seed):
    generator = seeded(seed)
    nodes, step = size // stride, stride // 8
    per_window = nodes if window == 0 else window // stride
    successor = list(range(nodes))
    for first in range(0, nodes, per_window):
        part = list(range(first, first + per_window))
        for i in range(per_window - 1, 0, -1):
            j = below(generator, i)
            part[i], part[j] = part[j], part[i]
        if per_window < nodes:
            part[part.index(first)] = (first + per_window) % nodes
        successor[first:first + per_window] = part
    table = np.zeros(size // 8, dtype=np.int64)
    table[::step] = np.array(successor) * step
    node, seen = 0, 0
    for _ in range(nodes):
        node = successor[node]
        seen += 1
        assert (node == 0) == (seen == nodes)
    return table


def walk(table, steps):
    element = 0
    for _ in range(steps):
        element = int(table[element])
    return element


def write_data():
    golden = []
    for dtype in ("f64", "f32", "f16", "bf16"):
        for pattern in ("normal", "uniform", "trigonometric", "sparse(0.25)", "zeros"):
            for seed in (0, 0x0123456789ABCDEF, MASK):
                values = stored(data(pattern, dtype, seed, 3001), dtype)
                golden.append({"dtype": dtype, "pattern": pattern, "seed": f"{seed:x}",
                               "count": 3001, "fnv": fnv(values.tobytes())})
    cycles = []
    for size, stride, window, steps in ((16, 8, 0, 3), (4096, 64, 0, 1000), (8192, 64, 1024, 77),
                                        (8192, 128, 128, 5), (65536, 64, 4096, 123456)):
        table = chase(size, stride, window, 42)
        cycles.append({"bytes": size, "stride": stride, "window": window, "steps": steps,
                       "fnv": fnv(table.tobytes()), "end": walk(table, steps)})
    points = np.linspace(-4, 4, 65)
    angles = np.linspace(-1, 1, 41)
    probabilities = np.concatenate([2.0 ** -np.arange(2, 25), np.linspace(0.01, 0.49, 49)])
    (HERE / "data.json").write_text(json.dumps({
        "splitmix64": [f"{v:016x}" for v, _ in zip(splitmix64(1234567), range(5))],
        "xoshiro256": [f"{v:016x}" for v, _ in zip(xoshiro([1, 2, 3, 4]), range(10))],
        "seeded": [f"{v:016x}" for v in draws(42, 6)],
        "golden": golden,
        "cycles": cycles,
        "normalPoints": list(points), "normalDistribution": list(scipy.stats.norm.cdf(points)),
        "sinePoints": list(angles),
        "sineDistribution": list(scipy.stats.arcsine.cdf((angles + 1) / 2)),
        "tails": list(probabilities), "quantiles": list(-scipy.special.ndtri(probabilities)),
        "halves": halves(),
    }, indent=0))


def halves():
    rng = np.random.default_rng(5)
    values = np.concatenate([
        [0.0, -0.0, 1.0, 65504.0, 65519.99, 65520.0, 1e5, -np.inf, 2.0 ** -24, 2.0 ** -25,
         1.5 * 2.0 ** -25, 2.0 ** -14, 1 + 2.0 ** -11, 1 + 3 * 2.0 ** -11, 6.1e-5, 1e-8],
        rng.standard_normal(200) * 10.0 ** rng.uniform(-9, 5, 200)])
    with np.errstate(over="ignore"):
        bits = values.astype(np.float16).view(np.uint16)
    finite = [v for v in values if np.isfinite(v)]
    return {"values": text(values), "float16": text(bits), "finite": text(np.array(finite)),
            "bfloat16": text(np.where(np.signbit(finite), 0x8000, 0).astype(np.uint16)
                             | bfloat16(np.abs(finite)))}


# Operators -------------------------------------------------------------------------------------

CASES = []


def tensor(name, array, dtype):
    array = np.asarray(array)
    entry = {"name": name, "dtype": dtype, "shape": list(array.shape),
             "data": text(array.astype(NUMPY[dtype]))}
    if dtype == "i64":
        entry["values"] = [int(v) for v in array.ravel()]
    return entry


def case(label, operator, inputs, expected, attributes=None, dtype="f32", check=True):
    """`inputs` are pairs of name and array; i64 arrays are index tensors."""
    attributes = attributes or {}
    expected = np.asarray(expected, dtype=np.float64)
    CASES.append({
        "label": label, "operator": operator, "attributes": attributes,
        "inputs": [tensor(n, a, "i64" if np.asarray(a).dtype == np.int64 else dtype)
                   for n, a in inputs],
        "shape": list(expected.shape), "expected": text(expected)})
    if check:
        onnx_check(label, operator, inputs, expected, attributes)


def onnx_check(label, operator, inputs, expected, attributes):
    """Compares with ONNX's own reference implementation, where it is installed."""
    try:
        from onnx import TensorProto, helper
        from onnx.reference import ReferenceEvaluator
    except ImportError:
        return
    kinds = {True: TensorProto.INT64, False: TensorProto.DOUBLE}
    arrays = {n: np.asarray(a) if np.asarray(a).dtype == np.int64
              else np.asarray(a, dtype=np.float64) for n, a in inputs}
    node = helper.make_node(operator, [n for n, _ in inputs], ["out"], **attributes)
    graph = helper.make_graph(
        [node], "g",
        [helper.make_tensor_value_info(n, kinds[a.dtype == np.int64], a.shape)
         for n, a in arrays.items()],
        [helper.make_tensor_value_info("out", TensorProto.DOUBLE, None)])
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 18)])
    with np.errstate(all="ignore"):
        got = ReferenceEvaluator(model).run(None, arrays)[0]
    assert list(got.shape) == list(expected.shape), (label, got.shape, expected.shape)
    # ONNX holds float attributes and the statistics of LayerNormalization in f32.
    np.testing.assert_allclose(got, expected, rtol=2e-6, atol=1e-6, err_msg=label)


def single(rng, shape):
    """Numbers that f32 holds exactly."""
    return rng.standard_normal(shape).astype(np.float32).astype(np.float64)


def special(array, rng, values):
    flat = array.reshape(-1)
    flat[rng.choice(flat.size, len(values), replace=False)] = values
    return array


def matrix_cases(rng):
    shapes = [((3, 4), (4, 5)), ((4,), (4, 5)), ((3, 4), (4,)), ((4,), (4,)),
              ((2, 1, 3, 4), (5, 4, 2)), ((2, 3, 4), (4, 2)), ((1, 7), (7, 9)), ((3, 1), (1, 2)),
              ((0, 4), (4, 5)), ((3, 0), (0, 5)), ((2, 3, 4), (4,)), ((13, 40), (40, 21)),
              ((5, 300), (300, 6)), ((5, 3), (3, 261))]
    for left, right in shapes:
        a, b = single(rng, left), single(rng, right)
        case(f"MatMul {left} {right}", "MatMul", [("A", a), ("B", b)], np.matmul(a, b))
    a, b = rng.standard_normal((4, 6)), rng.standard_normal((6, 3))
    case("MatMul f64", "MatMul", [("A", a), ("B", b)], a @ b, dtype="f64")
    a = special(single(rng, (5, 6)), rng, [np.nan, np.inf, -np.inf, 0.0])
    b = special(single(rng, (6, 7)), rng, [0.0, 0.0, np.inf])
    with np.errstate(all="ignore"):
        case("MatMul special values", "MatMul", [("A", a), ("B", b)], np.matmul(a, b))
    for ta in (0, 1):
        for tb in (0, 1):
            a = single(rng, (6, 5) if ta else (5, 6))
            b = single(rng, (7, 6) if tb else (6, 7))
            product = (a.T if ta else a) @ (b.T if tb else b)
            c = single(rng, [(7,), (5, 1), (5, 7), (1,)][2 * ta + tb])
            case(f"Gemm {ta}{tb}", "Gemm", [("A", a), ("B", b), ("C", c)],
                 0.5 * product - 2 * c,
                 {"alpha": 0.5, "beta": -2.0, "transA": ta, "transB": tb})
            case(f"Gemm {ta}{tb} without C", "Gemm", [("A", a), ("B", b)], product,
                 {"transA": ta, "transB": tb})
    a, b, c = single(rng, (3, 2)), single(rng, (2, 4)), single(rng, ())
    case("Gemm scalar C", "Gemm", [("A", a), ("B", b), ("C", c)], a @ b + c)


def elementwise_cases(rng):
    functions = {"Add": np.add, "Sub": np.subtract, "Mul": np.multiply, "Div": np.divide}
    shapes = [((3, 4), (3, 4)), ((3, 4), (4,)), ((2, 3, 1), (4,)), ((2, 1, 5), (3, 1)), ((), (2, 2)),
              ((4,), ()), ((0, 3), (1, 3)), ((1, 1), (3, 2)), ((3, 1), (3, 4)), ((), ())]
    for name, function in functions.items():
        for left, right in shapes:
            a, b = single(rng, left), single(rng, right)
            case(f"{name} {left} {right}", name, [("A", a), ("B", b)], function(a, b))
        a = special(single(rng, (8,)), rng, [np.nan, np.inf, -np.inf, 0.0])
        b = special(single(rng, (8,)), rng, [0.0, -0.0, np.inf, -1.0])
        with np.errstate(all="ignore"):
            case(f"{name} special values", name, [("A", a), ("B", b)], function(a, b))
    unary = {"Exp": ("input", np.exp), "Tanh": ("input", np.tanh), "Abs": ("X", np.abs),
             "Neg": ("X", np.negative), "Sigmoid": ("X", lambda x: 1 / (1 + np.exp(-x))),
             "Relu": ("X", lambda x: np.maximum(x, 0)), "Sqrt": ("X", np.sqrt)}
    for name, (formal, function) in unary.items():
        x = np.abs(single(rng, (3, 5))) if name == "Sqrt" else 3 * single(rng, (3, 5))
        x = x.astype(np.float32).astype(np.float64)
        extremes = np.array([0.0, -0.0, np.inf, -np.inf, np.nan, 80, -80, 1e-30, 1e4])
        extremes = extremes.astype(np.float32).astype(np.float64)
        with np.errstate(all="ignore"):
            case(f"{name} normal", name, [(formal, x)], function(x))
            case(f"{name} extremes", name, [(formal, extremes)], function(extremes), check=False)
            case(f"{name} empty", name, [(formal, x[:0])], function(x[:0]))
            case(f"{name} f64", name, [(formal, x)], function(x), dtype="f64")


def softmax(x, axis):
    power = np.exp(x - np.max(x, axis=axis, keepdims=True))
    return power / np.sum(power, axis=axis, keepdims=True)


def layer_normalization(x, scale, bias, axis, epsilon):
    axes = tuple(range(axis % x.ndim, x.ndim))
    mean = x.mean(axis=axes, keepdims=True)
    variance = ((x - mean) ** 2).mean(axis=axes, keepdims=True)
    result = (x - mean) / np.sqrt(variance + epsilon) * scale
    return result if bias is None else result + bias


def row_cases(rng):
    for shape, axes in (((2, 3, 4), (-1, 0, 1, 2, -3)), ((7,), (0,)), ((3, 130), (1, 0)),
                        ((0, 3), (1,)), ((2, 1), (1,))):
        for axis in axes:
            x = single(rng, shape)
            case(f"Softmax {shape} {axis}", "Softmax", [("input", x)], softmax(x, axis),
                 {"axis": axis})
    x = single(rng, (4, 6))
    x[0, 1], x[1, 2], x[2, 3], x[2, 4] = -np.inf, np.inf, np.nan, 1000
    with np.errstate(all="ignore"):
        case("Softmax special values", "Softmax", [("input", x)], softmax(x, -1), check=False)
    case("Softmax large", "Softmax", [("input", x[3:] * 100)], softmax(x[3:] * 100, -1))
    for shape, axis, bias, scale_shape in (
            ((3, 8), -1, True, None), ((3, 8), -1, False, None), ((2, 3, 4), 1, True, None),
            ((2, 3, 4), 0, True, None), ((2, 3, 4), -1, True, (1,)), ((4, 1), 1, False, None)):
        x = single(rng, shape)
        normalized = shape[axis % len(shape):]
        scale = single(rng, scale_shape or normalized)
        b = single(rng, normalized) if bias else None
        inputs = [("X", x), ("Scale", scale)] + ([("B", b)] if bias else [])
        case(f"LayerNormalization {shape} {axis} {bias}", "LayerNormalization", inputs,
             layer_normalization(x, scale, b, axis, 1e-3), {"axis": axis, "epsilon": 1e-3},
             check=scale_shape is None)


def reduction_cases(rng):
    for shape, axes, keep in (((3, 4), None, 1), ((3, 4), None, 0), ((2, 3, 4), [-1], 0),
                              ((2, 3, 4), [1], 1), ((2, 3, 4), [0, 2], 0), ((2, 3, 4), [0, 1], 0),
                              ((2, 3, 4, 5), [-3, 3], 1), ((5,), [0], 0), ((3, 0), [1], 0),
                              ((0, 3), [1], 1), ((2, 1030), [1], 0), ((40, 3), [0], 0),
                              ((), None, 1)):
        x = single(rng, shape)
        inputs = [("data", x)]
        if axes is not None:
            inputs.append(("axes", np.array(axes, dtype=np.int64)))
        result = np.sum(x, axis=None if axes is None else tuple(axes), keepdims=bool(keep))
        case(f"ReduceSum {shape} {axes} {keep}", "ReduceSum", inputs, result, {"keepdims": keep})
    x = single(rng, (2, 3))
    nothing = np.array([], dtype=np.int64)
    case("ReduceSum nothing", "ReduceSum", [("data", x), ("axes", nothing)], x,
         {"noop_with_empty_axes": 1})
    case("ReduceSum empty axes", "ReduceSum", [("data", x), ("axes", nothing)],
         np.sum(x, keepdims=True))
    x[0, 0], x[1, 1] = np.inf, np.nan
    case("ReduceSum special values", "ReduceSum",
         [("data", x), ("axes", np.array([1], dtype=np.int64))], np.sum(x, axis=1, keepdims=True))


# Real arithmetic -------------------------------------------------------------------------------

OUTPUTS = []


def output(label, operator, shapes, array, passes, attributes=None, dtype="f32", axes=None,
           pattern="normal"):
    """Inputs are generated from the seeds 1, 2, …, so only the output is stored."""
    OUTPUTS.append({"label": label, "operator": operator, "attributes": attributes or {},
                    "dtype": dtype, "inputs": shapes, "axes": axes, "pattern": pattern,
                    "passes": passes, "output": text(array.astype(NUMPY[dtype]))})


def generated(shape, index, dtype="f32", pattern="normal"):
    values = data(pattern, dtype, index, int(np.prod(shape)))
    return values.astype(NUMPY[dtype]).reshape(shape)


def to_bfloat16(array):
    bits = bfloat16(array).astype(np.uint32) << 16
    return bits.view(np.float32).reshape(array.shape)


def sequential(a, b):
    """A product in f32 whose sums run from the first to the last term, each rounded."""
    total = np.zeros((a.shape[0], b.shape[1]), dtype=np.float32)
    for k in range(a.shape[1]):
        total = total + (a[:, k:k + 1] * b[k:k + 1, :])
    return total


def chopped(a, b):
    """As sequential, but with sums kept in bf16: an accumulator that is too short."""
    total = np.zeros((a.shape[0], b.shape[1]), dtype=np.float32)
    for k in range(a.shape[1]):
        total = to_bfloat16(total + a[:, k:k + 1] * b[k:k + 1, :])
    return total


def product_outputs():
    for pattern in ("normal", "uniform", "trigonometric"):
        for k in (64, 256, 1024, 4096):
            shapes = [[12, k], [k, 12]]
            a, b = (generated(s, i + 1, pattern=pattern) for i, s in enumerate(shapes))
            name = f"MatMul {pattern} {k}"

            def add(label, array, passes):
                output(f"{name} {label}", "MatMul", shapes, array, passes, pattern=pattern)
            add("library", a @ b, True)
            add("sequential", sequential(a, b), True)
            add("bf16 factors", to_bfloat16(a) @ to_bfloat16(b), False)
            add("one bf16 factor", to_bfloat16(a) @ b, False)
            add("bf16 sums", chopped(a, b), False)
    shapes = [[8, 512], [512, 8]]
    a, b = (generated(s, i + 1, "f64") for i, s in enumerate(shapes))
    output("MatMul f64", "MatMul", shapes, a @ b, True, dtype="f64")
    output("MatMul f64 in f32", "MatMul", shapes,
           (a.astype(np.float32) @ b.astype(np.float32)).astype(np.float64), False, dtype="f64")
    shapes = [[8, 96], [9, 96], [9]]
    a, b, c = (generated(s, i + 1) for i, s in enumerate(shapes))
    attributes = {"alpha": 0.75, "beta": 1.5, "transB": 1}
    right = np.float32(0.75) * (a @ b.T) + np.float32(1.5) * c
    output("Gemm", "Gemm", shapes, right, True, attributes)
    output("Gemm without its bias", "Gemm", shapes, np.float32(0.75) * (a @ b.T), False, attributes)


def other_outputs():
    x = generated([10, 40], 1)
    one = np.float32(1)
    unary = {"Exp": np.exp(x), "Tanh": np.tanh(x), "Sigmoid": one / (one + np.exp(-x)),
             "Abs": np.abs(x), "Neg": -x, "Relu": np.maximum(x, np.float32(0)),
             "Sqrt": np.sqrt(np.abs(x))}
    for name, right in unary.items():
        output(name, name, [[10, 40]], right, True)
        output(f"{name} stored in bf16", name, [[10, 40]], to_bfloat16(right), False)
    half = np.float32(0.5)
    output("Sigmoid by tanh", "Sigmoid", [[10, 40]], half + half * np.tanh(half * x), True)
    y = generated([40], 2)
    binary = {"Add": x + y, "Sub": x - y, "Mul": x * y, "Div": x / y}
    for name, right in binary.items():
        output(name, name, [[10, 40], [40]], right, True)
        output(f"{name} stored in bf16", name, [[10, 40], [40]], to_bfloat16(right), False)
    power = np.exp(x - x.max(axis=1, keepdims=True))
    right = power / power.sum(axis=1, keepdims=True)
    output("Softmax", "Softmax", [[10, 40]], right, True)
    output("Softmax without maximum", "Softmax", [[10, 40]],
           np.exp(x) / np.exp(x).sum(axis=1, keepdims=True), True)
    output("Softmax stored in bf16", "Softmax", [[10, 40]], to_bfloat16(right), False)
    output("Softmax along the other axis", "Softmax", [[10, 40]],
           np.exp(x) / np.exp(x).sum(axis=0, keepdims=True), False)
    scale, bias = generated([40], 2), generated([40], 3)
    shapes = [[10, 40], [40], [40]]
    mean = x.mean(axis=1, keepdims=True)
    two_pass = ((x - mean) ** 2).mean(axis=1, keepdims=True)
    one_pass = (x * x).mean(axis=1, keepdims=True) - mean * mean
    epsilon = np.float32(1e-5)
    for label, variance in (("two passes", two_pass), ("one pass", one_pass)):
        output(f"LayerNormalization {label}", "LayerNormalization", shapes,
               (x - mean) / np.sqrt(variance + epsilon) * scale + bias, True)
    output("LayerNormalization unbiased", "LayerNormalization", shapes,
           (x - mean) / np.sqrt(two_pass * np.float32(40 / 39) + epsilon) * scale + bias, False)
    for axis in (1, 0):
        right = np.add.accumulate(x, axis=axis).take(-1, axis=axis)
        output(f"ReduceSum {axis}", "ReduceSum", [[10, 40]], np.expand_dims(right, axis), True,
               axes=[axis])
        short = to_bfloat16(right)
        output(f"ReduceSum {axis} stored in bf16", "ReduceSum", [[10, 40]],
               np.expand_dims(short, axis), False, axes=[axis])


if __name__ == "__main__":
    write_data()
    generator = np.random.default_rng(20240607)
    matrix_cases(generator)
    elementwise_cases(generator)
    row_cases(generator)
    reduction_cases(generator)
    (HERE / "operators.json").write_text(json.dumps(CASES, indent=0))
    product_outputs()
    other_outputs()
    (HERE / "outputs.json").write_text(json.dumps(OUTPUTS, indent=0))
