#!/usr/bin/env python3
"""Writes tensors.json: operators of cpu-simd with inputs and the outputs of onnx's reference.

    pip install numpy onnx ml_dtypes
    python3 Tests/Fixtures/kernels/tensors.py > Tests/Fixtures/kernels/tensors.json

f16 and bf16 are computed in f32 and rounded once, as kernels do. Bytes are hexadecimal,
little-endian. `error` is what is allowed in units of the type's roundoff, relative to the larger of
the result and `least`."""

import json
import math

import ml_dtypes
import numpy as np
from onnx import TensorProto, helper
from onnx.reference import ReferenceEvaluator

random = np.random.default_rng(20261128)
FLOATS = ("f64", "f32", "f16", "bf16")
WHOLE = ("i64", "i32", "i8", "u8")
TYPES = {
    "f64": np.float64, "f32": np.float32, "f16": np.float16, "bf16": ml_dtypes.bfloat16,
    "i64": np.int64, "i32": np.int32, "i8": np.int8, "u8": np.uint8, "bool": np.bool_}
ONNX = {
    "f64": TensorProto.DOUBLE, "f32": TensorProto.FLOAT, "i64": TensorProto.INT64,
    "i32": TensorProto.INT32, "i8": TensorProto.INT8, "u8": TensorProto.UINT8,
    "bool": TensorProto.BOOL}
SPECIAL = [np.nan, np.inf, -np.inf, 0.0, -0.0, 1.0, -1.0, 0.5, -0.5, 1.5, 2.5, 1e-40, -1e-40]
cases = []


def numbers(dtype, shape, scale=4.0):
    count = int(np.prod(shape))
    if dtype in FLOATS:
        values = random.normal(size=count) * scale
    elif dtype == "bool":
        values = random.integers(0, 2, count)
    else:
        values = random.integers(0 if dtype == "u8" else -9, 10, count)
    return values.reshape(shape).astype(TYPES[dtype])


def evaluate(name, attributes, inputs, output):
    """onnx's reference; halves in f32, because its own rounds after each step."""
    wide = [x if x is None or x.dtype not in (np.float16, ml_dtypes.bfloat16)
            else x.astype(np.float32) for x in inputs]
    out = {"f16": "f32", "bf16": "f32"}.get(output, output)
    if name == "Cast":
        return [inputs[0].astype(TYPES[output])]
    names = ["" if x is None else f"x{i}" for i, x in enumerate(wide)]
    kinds = {np.dtype(TYPES[k]): v for k, v in ONNX.items()}
    node = helper.make_node(name, names, ["y"], **attributes)
    values = [helper.make_tensor_value_info(n, kinds[x.dtype], x.shape)
              for n, x in zip(names, wide) if n]
    result = helper.make_tensor_value_info("y", ONNX[out], None)
    model = helper.make_model(
        helper.make_graph([node], "g", values, [result]),
        opset_imports=[helper.make_opsetid("", 23)])
    feeds = {n: x for n, x in zip(names, wide) if n}
    with np.errstate(all="ignore"):
        return [ReferenceEvaluator(model).run(None, feeds)[0].astype(TYPES[output])]


def tensor(array, dtype):
    if array is None:
        return None
    return {"dtype": dtype, "shape": list(array.shape),
            "bytes": np.ascontiguousarray(array).tobytes().hex()}


def add(name, inputs, output=None, error=0, least=0, constant=None, expected=None, domain="",
        **attributes):
    """inputs: pairs of array and dtype; `constant` is the input that is fixed."""
    output = output or inputs[0][1]
    with np.errstate(all="ignore"):
        result = expected if expected is not None else evaluate(
            name, attributes, [x for x, _ in inputs], output)[0]
    cases.append({
        "operator": name, "domain": domain, "attributes": attributes, "error": error,
        "least": least, "constant": constant, "inputs": [tensor(x, d) for x, d in inputs],
        "output": tensor(result, output)})


def unary():
    rounded = {
        "Sqrt": 1, "Reciprocal": 1, "Exp": 4, "Log": 6, "Sin": 8, "Cos": 8, "Tanh": 10,
        "Sigmoid": 12, "Erf": 32, "Elu": 9, "LeakyRelu": 2}
    for name in ("Abs", "Neg", "Relu", "Floor", "Ceil", "Round", "Sign", *rounded):
        for dtype in FLOATS:
            x = np.concatenate([numbers(dtype, (38,)), np.array(SPECIAL, TYPES[dtype])])
            attributes = {"alpha": 0.25} if name in ("Elu", "LeakyRelu") else {}
            # onnx's own error function is in f32 only.
            known = np.array([math.erf(v) for v in x.astype(np.float64)]).astype(TYPES[dtype])
            add(name, [(x, dtype)], error=rounded.get(name, 0), least=0,
                expected=known if name == "Erf" else None, **attributes)
    for dtype in FLOATS:
        x = np.concatenate([numbers(dtype, (38,)), np.array(SPECIAL, TYPES[dtype])])
        add("IsNaN", [(x, dtype)], "bool")
        add("IsInf", [(x, dtype)], "bool")
        add("IsInf", [(x, dtype)], "bool", detect_negative=0)
        add("Clip", [(x, dtype), (np.array(-1.5, TYPES[dtype]), dtype),
                     (np.array(2, TYPES[dtype]), dtype)])
        add("Clip", [(x, dtype), (None, None), (np.array(2, TYPES[dtype]), dtype)])
        finite = numbers(dtype, (67,), 2)
        wide = finite.astype(np.float64)
        normal = np.array([math.erfc(-v / math.sqrt(2)) / 2 for v in wide])
        curve = np.tanh(math.sqrt(2 / math.pi) * (wide + 0.044715 * wide ** 3))
        for approximate, share in (("none", normal), ("tanh", (1 + curve) / 2)):
            add("Gelu", [(finite, dtype)], error=19, least=4, approximate=approximate,
                expected=(wide * share).astype(TYPES[dtype]))
        logistic = 1 / (1 + np.exp(-wide))
        add("Silu", [(finite, dtype)], error=13, least=0, domain="assay",
            expected=(wide * logistic).astype(TYPES[dtype]))
        positive = np.abs(finite)
        add("Rsqrt", [(positive, dtype)], error=4, domain="assay",
            expected=(1 / np.sqrt(positive.astype(np.float64))).astype(TYPES[dtype]))
    for dtype in WHOLE:
        x = numbers(dtype, (67,))
        for name in ("Abs", "Sign", "BitwiseNot") + (() if dtype == "u8" else ("Neg", "Relu")):
            add(name, [(x, dtype)])
        add("Clip", [(x, dtype), (np.array(2, TYPES[dtype]), dtype),
                     (np.array(5, TYPES[dtype]), dtype)])
    add("Clip", [(np.array([2**62 + 1, 2**53 + 1, 5], np.int64), "i64"),
                 (np.array(2**53 + 1, np.int64), "i64"), (None, None)])
    add("Not", [(numbers("bool", (67,)), "bool")])


SHAPES = (((3, 37), (3, 37)), ((3, 37), (37,)), ((3, 37), (3, 1)), ((5, 1, 3), (7, 1)), ((), (9,)),
          ((2, 0, 3), (3,)))


def binary():
    rounded = {"Div": 5, "Pow": 32, "Add": 1, "Sub": 1, "Mul": 1}
    for name in ("Add", "Sub", "Mul", "Div", "Pow", "Equal", "Greater", "GreaterOrEqual", "Less",
                 "LessOrEqual"):
        for dtype in FLOATS + (("i64", "i32", "i8", "u8") if name not in ("Pow",) else ()):
            for left, right in SHAPES if name == "Sub" else SHAPES[1:3]:
                a, b = numbers(dtype, left), numbers(dtype, right)
                if name == "Div" and dtype not in FLOATS:
                    b = np.where(b == 0, 1, b).astype(b.dtype)
                compares = name not in rounded
                if compares and b.size and a.ndim == b.ndim and a.shape == b.shape:
                    b[..., ::3] = a[..., ::3]
                expected = None
                if name == "Div" and dtype not in FLOATS:
                    expected = (np.sign(a.astype(int)) * np.sign(b.astype(int))
                                * (abs(a.astype(int)) // abs(b.astype(int)))).astype(a.dtype)
                add(name, [(a, dtype), (b, dtype)], "bool" if compares else None,
                    error=rounded.get(name, 0) if dtype in FLOATS else 0, expected=expected)
    for name in ("And", "Or", "Xor"):
        add(name, [(numbers("bool", (3, 37)), "bool"), (numbers("bool", (37,)), "bool")])
    add("Equal", [(numbers("bool", (77,)), "bool"), (numbers("bool", (77,)), "bool")])
    for dtype in WHOLE:
        a, b = numbers(dtype, (3, 37)), numbers(dtype, (3, 1))
        for name in ("BitwiseAnd", "BitwiseOr", "BitwiseXor"):
            add(name, [(a, dtype), (b, dtype)])
        if dtype in ("i64", "i32"):
            add("Pow", [(a, dtype), (np.abs(b) % 3, dtype)])
    for name in ("Min", "Max"):
        for dtype in FLOATS + WHOLE:
            tensors = [numbers(dtype, s) for s in ((3, 37), (37,), (3, 1))]
            if dtype in FLOATS:
                tensors[0][0, 5] = np.nan
                tensors[2][1, 0] = np.inf
            for count in (1, 2, 3):
                add(name, [(x, dtype) for x in tensors[:count]])
    for dtype in TYPES:
        for shapes in (((3, 37), (3, 37), (3, 37)), ((3, 1), (37,), (3, 37)), ((7,), (), (1,))):
            condition, x, y = (numbers(d, s) for d, s in zip(("bool", dtype, dtype), shapes))
            add("Where", [(condition, "bool"), (x, dtype), (y, dtype)], dtype,
                expected=np.where(condition, x, y))


def cast():
    for source in TYPES:
        for target in TYPES:
            x = numbers(source, (37,), 30)
            if target == "u8":
                x = np.abs(x)
            add("Cast", [(x, source)], target)


def reductions():
    for name in ("ReduceSum", "ReduceMean", "ReduceMax", "ReduceMin", "ReduceProd"):
        for dtype in FLOATS + ("i64", "i32", "i8"):
            for shape, axes in (((3, 77), [1]), ((3, 77), [0]), ((4, 3, 5), [0, 2]),
                                ((2, 19, 5), [-2]), ((5, 7), [])):
                if dtype == "i8" and name not in ("ReduceMax", "ReduceMin"):
                    continue
                x = numbers(dtype, shape, 1.0)
                if name == "ReduceProd":
                    x = np.where(x < 0, -1, 1).astype(TYPES[dtype])
                sums = name in ("ReduceSum", "ReduceMean")
                exact = dtype not in FLOATS
                keeps = int(len(axes) != 1)
                wide = x.astype(np.float64 if dtype in FLOATS else np.int64)
                over = tuple(axes) or None
                function = {"ReduceSum": np.sum, "ReduceMean": np.mean, "ReduceMax": np.max,
                            "ReduceMin": np.min, "ReduceProd": np.prod}[name]
                result = function(wide, axis=over, keepdims=bool(keeps))
                if name == "ReduceMean" and exact:
                    result = np.trunc(result)
                add(name, [(x, dtype), (np.array(axes, np.int64), "i64")], constant=1,
                    error=30 if sums and not exact else 0, least=4 if sums else 0,
                    expected=np.asarray(result).astype(TYPES[dtype]), keepdims=keeps)
    for dtype in ("f64", "f32", "f16", "i64"):
        x = numbers(dtype, (2, 0, 3))
        for name, value in (("ReduceSum", 0), ("ReduceProd", 1)):
            add(name, [(x, dtype), (np.array([1], np.int64), "i64")], constant=1,
                expected=np.full((2, 1, 3), value, TYPES[dtype]))
    x = numbers("f32", (2, 0))
    for name, value in (("ReduceMax", -np.inf), ("ReduceMin", np.inf)):
        add(name, [(x, "f32"), (np.array([1], np.int64), "i64")], constant=1,
            expected=np.full((2, 1), value, np.float32))
    for name in ("ArgMax", "ArgMin"):
        for dtype in FLOATS + WHOLE:
            for shape, axis in (((3, 37), 1), ((3, 37), 0), ((2, 19, 5), -2)):
                for last in (0, 1):
                    add(name, [(numbers(dtype, shape), dtype)], "i64", axis=axis, keepdims=last,
                        select_last_index=last)
        x = numbers("f32", (3, 131))
        x[1, 77] = np.nan
        function = np.argmax if name == "ArgMax" else np.argmin
        add(name, [(x, "f32")], "i64", axis=1,
            expected=function(x, axis=1, keepdims=True).astype(np.int64))


def normalizations():
    for dtype in FLOATS:
        kind = TYPES[dtype]
        for shape, axis in (((3, 77), -1), ((3, 67), 0), ((2, 37, 5), 1), ((1, 1029), 1)):
            if shape[0] == 1 and dtype != "f32":
                continue
            x = numbers(dtype, shape)
            wide = x.astype(np.float64)
            shifted = wide - wide.max(axis=axis, keepdims=True)
            total = np.exp(shifted).sum(axis=axis, keepdims=True)
            add("Softmax", [(x, dtype)], error=60, axis=axis,
                expected=(np.exp(shifted) / total).astype(kind))
            add("LogSoftmax", [(x, dtype)], error=30, least=4, axis=axis,
                expected=(shifted - np.log(total)).astype(kind))
        masked = numbers(dtype, (2, 70))
        masked[0, ::2] = -np.inf
        masked[1, 3] = np.nan
        wide = masked.astype(np.float64)
        with np.errstate(all="ignore"):
            e = np.exp(wide - wide.max(axis=1, keepdims=True))
        add("Softmax", [(masked, dtype)], error=60,
            expected=(e / e.sum(axis=1, keepdims=True)).astype(kind))
        for shape in ((3, 77), (2, 3, 24), (1, 301)):
            n = shape[-1]
            x, scale, bias = numbers(dtype, shape), numbers(dtype, (n,), 1), numbers(dtype, (n,), 1)
            wide, s, b = (t.astype(np.float64) for t in (x, scale, bias))
            mean, variance = wide.mean(-1, keepdims=True), wide.var(-1, keepdims=True)
            y = (wide - mean) / np.sqrt(variance + 1e-3) * s
            for added in (False, True):
                tensors = [(x, dtype), (scale, dtype)] + ([(bias, dtype)] if added else [])
                add("LayerNormalization", tensors, error=40, least=2, epsilon=1e-3,
                    expected=(y + (b if added else 0)).astype(kind))
            y = wide / np.sqrt((wide ** 2).mean(-1, keepdims=True) + 1e-3) * s
            add("RMSNormalization", [(x, dtype), (scale, dtype)], error=40, least=2, epsilon=1e-3,
                expected=y.astype(kind))
        x = numbers(dtype, (2, 6, 5, 7))
        scale, bias = numbers(dtype, (6,), 1), numbers(dtype, (6,), 1)
        wide = x.astype(np.float64).reshape(2, 3, -1)
        y = (wide - wide.mean(-1, keepdims=True)) / np.sqrt(wide.var(-1, keepdims=True) + 1e-3)
        y = y.reshape(x.shape) * scale.astype(np.float64).reshape(6, 1, 1)
        y = y + bias.astype(np.float64).reshape(6, 1, 1)
        add("GroupNormalization", [(x, dtype), (scale, dtype), (bias, dtype)], error=40, least=2,
            expected=y.astype(kind), epsilon=1e-3, num_groups=3)
    # A first element that is not typical; and a mean far from zero, which rounding moves by a
    # thousandth of a deviation.
    x = np.full((2, 300), 0.125, np.float32)
    x[:, :70] = 1000
    x[1] = numbers("f32", (300,), 1e-3) + np.float32(100)
    wide = x.astype(np.float64)
    y = (wide - wide.mean(-1, keepdims=True)) / np.sqrt(wide.var(-1, keepdims=True) + 1e-5)
    add("LayerNormalization", [(x, "f32"), (np.ones(300, np.float32), "f32")], error=12000, least=2,
        expected=y.astype(np.float32))


if __name__ == "__main__":
    for part in (unary, binary, cast, reductions, normalizations):
        part()
    print("[\n" + ",\n".join(json.dumps(case) for case in cases) + "\n]")
