#!/usr/bin/env python3
"""Writes training.json, as tensors.py writes tensors.json: gradients, losses, quantisation, and
operators made of others.

    pip install numpy onnx ml_dtypes
    python3 Tests/Fixtures/kernels/training.py > Tests/Fixtures/kernels/training.json

Operators of ONNX by onnx's reference or from their definition in f64, others from
docs/operators.md and docs/operators-serving.md in f64. Numbers to be rounded to codes are no
ties."""

import json
import math

import numpy as np
from tensors import FLOATS, TYPES, WHOLE, add, cases, numbers, tensor


def erfc(x):
    return np.vectorize(math.erfc)(x)


def logistic(x):
    return 1 / (1 + np.exp(-x))


def add_all(name, inputs, outputs, **rest):
    """Like add, with several pairs of an output and its type."""
    first, kind = outputs[0]
    add(name, inputs, kind, expected=first, **rest)
    cases[-1]["further"] = [tensor(np.asarray(x), d) for x, d in outputs[1:]]


def unary():
    for dtype in FLOATS:
        kind = TYPES[dtype]
        x = numbers(dtype, (67,), 5)
        w = x.astype(np.float64)
        add("Tan", [(x, dtype)], error=10, expected=np.tan(w).astype(kind))
        add("Softplus", [(x, dtype)], error=13,
            expected=(np.maximum(w, 0) + np.log1p(np.exp(-abs(w)))).astype(kind))
        add("HardSwish", [(x, dtype)], error=4, least=2,
            expected=(w * np.clip(w / 6 + 0.5, 0, 1)).astype(kind))
        add("Swish", [(x, dtype)], error=14, alpha=0.75,
            expected=(w * logistic(0.75 * w)).astype(kind))


def pairs():
    root = math.sqrt(2 / math.pi)
    for dtype in FLOATS:
        kind = TYPES[dtype]
        for left, right in (((3, 37), (3, 37)), ((3, 37), (3, 1)), ((3, 37), (37,))):
            a, b = numbers(dtype, left), numbers(dtype, right)
            w, x = a.astype(np.float64), b.astype(np.float64)
            add("Mod", [(a, dtype), (b, dtype)], fmod=1, expected=np.fmod(w, x).astype(kind))
            add("PRelu", [(a, dtype), (b, dtype)], error=1,
                expected=np.where(w < 0, w * x, w).astype(kind))
            gradient = {"domain": "assay"}
            add("NotEqual", [(a, dtype), (b, dtype)], "bool", expected=w != x, **gradient)
            add("ReluGrad", [(a, dtype), (b, dtype)], expected=np.where(x > 0, w, 0).astype(kind),
                **gradient)
            # At most 40 units of |dY| (1 + |x|); see docs/tolerances.md.
            most = float(np.max(abs(w)) * (1 + np.max(abs(x))))
            slope = logistic(x) * (1 + x * logistic(-x))
            add("SiluGrad", [(a, dtype), (b, dtype)], error=4, least=most,
                expected=(w * slope).astype(kind), **gradient)
            slope = erfc(-x / math.sqrt(2)) / 2 + x * np.exp(-x * x / 2) / math.sqrt(2 * math.pi)
            add("GeluGrad", [(a, dtype), (b, dtype)], error=4, least=most,
                expected=(w * slope).astype(kind), approximate="none", **gradient)
            t = np.tanh(root * (x + 0.044715 * x ** 3))
            slope = (1 + t + x * (1 - t * t) * root * (1 + 3 * 0.044715 * x * x)) / 2
            add("GeluGrad", [(a, dtype), (b, dtype)], error=4, least=most,
                expected=(w * slope).astype(kind), approximate="tanh", **gradient)
            y = np.tanh(x).astype(kind)
            v = y.astype(np.float64)
            add("TanhGrad", [(a, dtype), (y, dtype)], error=3, least=float(np.max(abs(w))),
                expected=(w * (1 - v * v)).astype(kind), **gradient)
            y = logistic(x).astype(kind)
            v = y.astype(np.float64)
            add("SigmoidGrad", [(a, dtype), (y, dtype)], error=3,
                expected=(w * v * (1 - v)).astype(kind), **gradient)
        tensors = [numbers(dtype, s) for s in ((3, 531), (531,), (3, 1), ())]
        for count in (1, 2, 4):
            wide = [t.astype(np.float64) for t in tensors[:count]]
            total = sum(wide)
            most = float(np.max(sum(abs(t) for t in wide)))
            add("Sum", [(t, dtype) for t in tensors[:count]], error=count - 1, least=most,
                expected=total.astype(kind))
            add("Mean", [(t, dtype) for t in tensors[:count]], error=6, least=most,
                expected=(total / count).astype(kind))
    for dtype in WHOLE:
        a, b = numbers(dtype, (3, 37)), numbers(dtype, (3, 1))
        b = np.where(b == 0, 3, b).astype(b.dtype)
        add("Mod", [(a, dtype), (b, dtype)])
        add("Mod", [(a, dtype), (b, dtype)], fmod=1)
        add("NotEqual", [(a, dtype), (b, dtype)], "bool", domain="assay", expected=a != b)
        if dtype in ("i64", "i32"):
            add("PRelu", [(a, dtype), (b, dtype)], expected=np.where(a < 0, a * b, a))
    a = np.arange(256, dtype=np.uint8).reshape(8, 32)
    b = np.arange(8, dtype=np.uint8).reshape(8, 1)
    add("BitShift", [(a, "u8"), (b, "u8")], direction="LEFT")
    add("BitShift", [(a, "u8"), (b, "u8")], direction="RIGHT")


def reductions():
    functions = {
        "ReduceL1": lambda x, a: abs(x).sum(a, keepdims=True),
        "ReduceL2": lambda x, a: np.sqrt((x * x).sum(a, keepdims=True)),
        "ReduceSumSquare": lambda x, a: (x * x).sum(a, keepdims=True),
        "ReduceLogSum": lambda x, a: np.log(x.sum(a, keepdims=True)),
        "ReduceLogSumExp": lambda x, a: np.log(np.exp(x).sum(a, keepdims=True))}
    shapes = (((3, 77), [1]), ((3, 77), [0]), ((4, 3, 5), [0, 2]), ((2, 19, 5), [-2]), ((5, 7), []),
              ((1, 2500), [1]))
    for name, function in functions.items():
        for dtype in FLOATS + (("i64", "i32") if name == "ReduceSumSquare" else ()):
            for shape, axes in shapes:
                x = numbers(dtype, shape, 1.0)
                if name == "ReduceLogSum":
                    x = abs(x)
                exact = dtype not in FLOATS
                wide = x.astype(np.int64 if exact else np.float64)
                add(name, [(x, dtype), (np.array(axes, np.int64), "i64")], constant=1,
                    error=0 if exact else 40, least=0 if exact else 1,
                    expected=np.asarray(function(wide, tuple(axes) or None)).astype(TYPES[dtype]))
    # Far from zero, infinite, not a number, and nothing at all.
    x = np.full((5, 37), -1000, np.float32)
    x[0] += numbers("f32", (37,))
    x[1], x[2, 3], x[3, 4], x[4] = -np.inf, np.inf, np.nan, 1000
    wide = x.astype(np.float64)
    with np.errstate(all="ignore"):
        result = np.logaddexp.reduce(wide, axis=1, keepdims=True)
    for transposed in (False, True):
        given, axis = (x.T.copy(), 0) if transposed else (x, 1)
        right = result.reshape(1, 5) if transposed else result
        add("ReduceLogSumExp", [(given, "f32"), (np.array([axis], np.int64), "i64")], constant=1,
            error=8, expected=right.astype(np.float32))
    add("ReduceLogSumExp", [(numbers("f32", (2, 0)), "f32"), (np.array([1], np.int64), "i64")],
        constant=1, expected=np.full((2, 1), -np.inf, np.float32))


def cumulative():
    for dtype in FLOATS + ("i64", "i32"):
        for shape, axis in (((3, 77), -1), ((3, 67), 0), ((2, 19, 5), 1)):
            for settings in ({}, {"exclusive": 1}, {"reverse": 1}, {"exclusive": 1, "reverse": 1}):
                x = numbers(dtype, shape, 1)
                wide = x.astype(np.float64 if dtype in FLOATS else np.int64)
                wide = np.flip(wide, axis) if "reverse" in settings else wide
                y = np.cumsum(wide, axis)
                y = y - wide if "exclusive" in settings else y
                y = np.flip(y, axis) if "reverse" in settings else y
                add("CumSum", [(x, dtype), (np.array(axis, np.int64), "i64")], constant=1,
                    error=40 if dtype in FLOATS else 0, least=4, expected=y.astype(TYPES[dtype]),
                    **settings)


def dropouts():
    for dtype in FLOATS:
        x = numbers(dtype, (3, 77))
        add_all("Dropout", [(x, dtype)], [(x, dtype), (np.ones(x.shape, np.bool_), "bool")])
        add("Dropout", [(x, dtype), (np.array(0.25, np.float32), "f32"),
                        (np.array(False), "bool")], expected=x)


def gradients():
    for dtype in FLOATS:
        kind = TYPES[dtype]
        for shape, axis in (((3, 77), -1), ((3, 67), 0), ((2, 37, 5), 1)):
            dy = numbers(dtype, shape, 1)
            scores = numbers(dtype, shape).astype(np.float64)
            p = np.exp(scores - scores.max(axis, keepdims=True))
            p = p / p.sum(axis, keepdims=True)
            y, log = p.astype(kind), np.log(p).astype(kind)
            g, w, v = (t.astype(np.float64) for t in (dy, y, log))
            total = (g * w).sum(axis, keepdims=True)
            add("SoftmaxGrad", [(dy, dtype), (y, dtype)], error=20, least=0.5, domain="assay",
                axis=axis, expected=(w * (g - total)).astype(kind))
            total = g.sum(axis, keepdims=True)
            add("LogSoftmaxGrad", [(dy, dtype), (log, dtype)], error=20, least=20, domain="assay",
                axis=axis, expected=(g - np.exp(v) * total).astype(kind))
        for shape, axis in (((3, 77), -1), ((5, 3, 24), 1), ((1, 301), -1)):
            x, dy = numbers(dtype, shape), numbers(dtype, shape, 1)
            scale = numbers(dtype, shape[axis:], 1)
            g, w, s = (t.astype(np.float64) for t in (dy, x, scale))
            over = tuple(range(axis % len(shape), len(shape)))
            rows = tuple(range(axis % len(shape)))
            sigma = np.sqrt(w.var(over, keepdims=True) + 1e-3)
            n = (w - w.mean(over, keepdims=True)) / sigma
            h = g * s
            dx = (h - h.mean(over, keepdims=True) - n * (h * n).mean(over, keepdims=True)) / sigma
            results = [dx, (g * n).sum(rows), g.sum(rows)]
            add_all("LayerNormalizationGrad", [(dy, dtype), (x, dtype), (scale, dtype)],
                    [(r.astype(kind), dtype) for r in results], error=60, least=2, domain="assay",
                    axis=axis, epsilon=1e-3)


def row_statistics():
    for dtype in FLOATS:
        x, scale = numbers(dtype, (5, 3, 24)), numbers(dtype, (3, 24), 1)
        w, s = x.astype(np.float64), scale.astype(np.float64)
        mean = w.mean((1, 2), keepdims=True)
        inverse = 1 / np.sqrt(w.var((1, 2), keepdims=True) + 1e-3)
        add_all("LayerNormalization", [(x, dtype), (scale, dtype)],
                [(((w - mean) * inverse * s).astype(TYPES[dtype]), dtype),
                 (mean.astype(np.float32), "f32"), (inverse.astype(np.float32), "f32")],
                error=40, least=2, axis=1, epsilon=1e-3)


def losses():
    for dtype in FLOATS:
        kind = TYPES[dtype]
        for shape, name in (((5, 37), "i64"), ((3, 19, 2, 7), "i32"), ((2, 300, 1), "i64")):
            scores = numbers(dtype, shape)
            weights = abs(numbers(dtype, (shape[1],), 1)).astype(kind)
            counts = (shape[0],) + shape[2:]
            # The same labels whatever the seed: every class in turn.
            labels = (np.arange(np.prod(counts)) * 7 % shape[1]).reshape(counts)
            labels = labels.astype(TYPES[name])
            w = scores.astype(np.float64)
            shifted = w - w.max(1, keepdims=True)
            log = shifted - np.log(np.exp(shifted).sum(1, keepdims=True))
            place = np.expand_dims(labels.astype(int), 1)
            each = -np.take_along_axis(log, place, 1)[:, 0]
            factor = weights.astype(np.float64)[labels]
            given = [(scores, dtype), (labels, name)]
            add("SoftmaxCrossEntropyLoss", given, dtype, error=20, least=8, reduction="none",
                expected=each.astype(kind))
            add("SoftmaxCrossEntropyLoss", given + [(weights, dtype)], dtype, error=20, least=8,
                expected=np.asarray((each * factor).sum() / factor.sum()).astype(kind))
            kept = labels != labels.flat[0]
            add_all("SoftmaxCrossEntropyLoss", given,
                    [(np.asarray((each * kept).sum()).astype(kind), dtype),
                     (log.astype(kind), dtype)],
                    error=40, least=8, reduction="sum", ignore_index=int(labels.flat[0]))
            gradient = np.exp(log)
            np.put_along_axis(gradient, place, np.take_along_axis(gradient, place, 1) - 1, 1)
            for reduction, share in (("sum", 1), ("mean", 1 / labels.size)):
                add("CrossEntropyGrad", given, dtype, error=40, least=share, domain="assay",
                    reduction=reduction, expected=(gradient * share).astype(kind))


def statistics():
    for dtype, other in (("f64", "f64"), ("f32", "f32"), ("f16", "f32"), ("bf16", "bf16")):
        kind = TYPES[dtype]
        for shape in ((3, 6, 5, 7), (19, 37)):
            x = numbers(dtype, shape)
            scale, bias, mean = (numbers(other, (shape[1],), 1) for _ in range(3))
            variance = abs(numbers(other, (shape[1],), 2)) + TYPES[other](0.5)
            tail = (1, -1) + (1,) * (len(shape) - 2)
            w, s, b, m, v = (
                t.astype(np.float64) if t is x else t.astype(np.float64).reshape(tail)
                for t in (x, scale, bias, mean, variance))
            given = [(x, dtype)] + [(t, other) for t in (scale, bias, mean, variance)]
            add("BatchNormalization", given, dtype, error=17, least=40, epsilon=1e-3,
                expected=((w - m) / np.sqrt(v + 1e-3) * s + b).astype(kind))
        x = numbers(dtype, (2, 6, 5, 7))
        scale, bias = numbers(dtype, (6,), 1), numbers(dtype, (6,), 1)
        w = x.astype(np.float64)
        n = (w - w.mean((2, 3), keepdims=True)) / np.sqrt(w.var((2, 3), keepdims=True) + 1e-3)
        y = n * scale.astype(np.float64).reshape(6, 1, 1) + bias.astype(np.float64).reshape(6, 1, 1)
        add("InstanceNormalization", [(x, dtype), (scale, dtype), (bias, dtype)], error=40, least=2,
            epsilon=1e-3, expected=y.astype(kind))


def codes_of(x, scale, zero, kind):
    info = np.iinfo(kind)
    return np.clip(np.rint(x / scale) + zero, info.min, info.max).astype(kind)


def untied(dtype, x, scale, room=1e-2):
    """x, moved where it lies near the middle of two codes."""
    ratio = x.astype(np.float64) / scale
    near = abs(ratio - np.floor(ratio) - 0.5) < room
    return np.where(near, (np.floor(ratio) + 0.25) * scale, x).astype(TYPES[dtype])


def quantization():
    # Which scales belong to the elements: all, an axis, the last axis, blocks along either.
    layouts = (((3, 5, 77), 1, 0, ()), ((3, 5, 77), 1, 0, (5,)), ((3, 77), 1, 0, (77,)),
               ((3, 70), -1, 16, (3, 5)), ((3, 7, 37), 1, 3, (3, 3, 37)))
    for dtype in FLOATS:
        for code in ("u8", "i8"):
            for shape, axis, block, many in layouts:
                scale = 1 + abs(numbers(dtype, many, 0.25).astype(np.float64))
                scale = scale.astype(TYPES[dtype])
                zero = numbers(code, many)
                def spread(t):
                    if not many:
                        return t
                    if block:
                        return np.repeat(t, block, axis)[
                            tuple(slice(0, n) for n in shape)]
                    return t.reshape([-1 if i == axis % len(shape) else 1
                                      for i in range(len(shape))])
                wide, origin = spread(scale.astype(np.float64)), spread(zero.astype(np.float64))
                x = untied(dtype, numbers(dtype, shape, 60), wide, 0.1 if "16" in dtype else 1e-2)
                # In bf16 what was moved is rounded again: the tie may be near still.
                ratio = x.astype(np.float64) / wide
                assert np.min(abs(ratio - np.floor(ratio) - 0.5)) > 1e-6
                settings = {"axis": axis, **({"block_size": block} if block else {})}
                y = codes_of(x.astype(np.float64), wide, origin, TYPES[code])
                add("QuantizeLinear", [(x, dtype), (scale, dtype), (zero, code)], code, expected=y,
                    **settings)
                back = (y.astype(np.float64) - origin) * wide
                add("DequantizeLinear", [(y, code), (scale, dtype), (zero, code)], dtype, error=2,
                    expected=back.astype(TYPES[dtype]), **settings)
        big = np.array([2**31 - 1, -2**31, 12345678, 0, -7], np.int32)
        scale = np.array(0.37, TYPES["f32" if dtype == "f16" else dtype])
        kind = "f32" if dtype == "f16" else dtype
        add("DequantizeLinear", [(big, "i32"), (scale, kind)], kind, error=2,
            expected=(big.astype(np.float64) * scale.astype(np.float64)).astype(TYPES[kind]))
    for scale, offset in ((2, 0.3), (1, 9), (1, -9), (0, 0)):
        x = (numbers("f32", (3, 77), scale) + np.float32(offset)).astype(np.float32)
        low, high = min(float(x.min()), 0), max(float(x.max()), 0)
        step = np.float32((high - low) / 255)
        zero = 0 if step == 0 else int(np.rint(np.clip(-low / float(step), 0, 255)))
        if step > 0:
            kept = np.where((x == x.min()) | (x == x.max()), x, untied("f32", x, float(step)))
            x = np.clip(kept, x.min(), x.max()).astype(np.float32)
            y = codes_of(x.astype(np.float64), float(step), zero, np.uint8)
        else:
            y = np.zeros(x.shape, np.uint8)
        add_all("DynamicQuantizeLinear", [(x, "f32")],
                [(y, "u8"), (np.asarray(step, np.float32), "f32"),
                 (np.asarray(zero, np.uint8), "u8")], error=6)


def add_norm_quantize():
    for dtype in FLOATS:
        kind = TYPES[dtype]
        for shape in ((3, 77), (2, 3, 24), (1, 301)):
            x, other = numbers(dtype, shape, 1), numbers(dtype, shape, 1)
            scale = numbers(dtype, shape[-1:], 1)
            x.reshape(-1, shape[-1])[0] = 0 if shape[0] == 3 else x.reshape(-1, shape[-1])[0]
            other.reshape(-1, shape[-1])[0] *= kind(0 if shape[0] == 3 else 1)
            for _ in range(20):
                total = x.astype(np.float64) + other.astype(np.float64)
                norm = total / np.sqrt((total ** 2).mean(-1, keepdims=True) + 1e-3)
                norm = norm * scale.astype(np.float64)
                step = abs(norm).max(-1, keepdims=True) / 127
                step = np.where(step == 0, 1, step)
                ratio = norm / step
                near = abs(ratio - np.floor(ratio) - 0.5) < 1e-3
                if not near.any():
                    break
                x = np.where(near, numbers(dtype, shape, 1), x).astype(kind)
            assert not near.any()
            y = np.clip(np.rint(ratio), -127, 127).astype(np.int8)
            add_all("AddRMSNormQuantize", [(x, dtype), (other, dtype), (scale, dtype)],
                    [(y, "i8"), (step[..., 0].astype(kind), dtype), (total.astype(kind), dtype)],
                    error=30, domain="assay", epsilon=1e-3)


if __name__ == "__main__":
    for part in (unary, pairs, reductions, cumulative, dropouts, gradients, row_statistics,
                 losses, statistics, quantization, add_norm_quantize):
        part()
    print("[\n" + ",\n".join(json.dumps(case) for case in cases) + "\n]")
