#!/usr/bin/env python3
"""Writes products.json: products of matrices of cpu-simd with what numpy gives for them.

    pip install numpy onnx ml_dtypes
    python3 Tests/Fixtures/kernels/products.py > Tests/Fixtures/kernels/products.json

The form is that of tensors.json. Products of floating-point numbers are computed in f64 and rounded
once; `error` is 8 times the root of k, relative to the largest sum of magnitudes. Products of bytes
are onnx's reference's where that has the types, else the definition in whole numbers of 64 bits."""

import json

import ml_dtypes
import numpy as np
from onnx import TensorProto, helper
from onnx.reference import ReferenceEvaluator

random = np.random.default_rng(20261129)
TYPES = {
    "f64": np.float64, "f32": np.float32, "f16": np.float16, "bf16": ml_dtypes.bfloat16,
    "i64": np.int64, "i32": np.int32, "i8": np.int8, "u8": np.uint8}
ONNX = {np.dtype(np.float32): TensorProto.FLOAT, np.dtype(np.int8): TensorProto.INT8,
        np.dtype(np.uint8): TensorProto.UINT8, np.dtype(np.int32): TensorProto.INT32}
# m, n, k with tails of every tile, one and several blocks of k, and few rows.
SHAPES = ((1, 70, 33), (3, 5, 129), (13, 33, 64), (14, 33, 130))
cases = []


def tensor(array):
    if array is None:
        return None
    name = next(n for n, t in TYPES.items() if array.dtype == np.dtype(t))
    return {"dtype": name, "shape": list(array.shape),
            "bytes": np.ascontiguousarray(array).tobytes().hex()}


def add(name, inputs, output, error=0, least=0, constant=None, domain="", **attributes):
    cases.append({
        "operator": name, "domain": domain, "attributes": attributes, "error": error,
        "least": least, "constant": constant, "inputs": [tensor(x) for x in inputs],
        "output": tensor(output)})


def numbers(dtype, *shape):
    return random.normal(size=shape).astype(TYPES[dtype])


def codes(dtype, *shape):
    limits = np.iinfo(TYPES[dtype])
    return random.integers(limits.min, limits.max + 1, shape).astype(TYPES[dtype])


def wide(*arrays):
    return [np.asarray(x).astype(np.float64) for x in arrays]


def floats():
    for dtype in ("f64", "f32", "f16", "bf16"):
        for m, n, k in SHAPES:
            for constant in (None, 1) if m == 3 else (1,) if m == 14 else (None,):
                a, b = numbers(dtype, m, k), numbers(dtype, k, n)
                x, y = wide(a, b)
                add("MatMul", [a, b], (x @ y).astype(TYPES[dtype]), 8 * k ** 0.5,
                    float((abs(x) @ abs(y)).max()), constant)
        a, b, c = numbers(dtype, 40, 19), numbers(dtype, 35, 40), numbers(dtype, 35)
        x, y, z = wide(a, b, c)
        add("Gemm", [a, b, c], (0.5 * x.T @ y.T + 2 * z).astype(TYPES[dtype]), 8 * 40 ** 0.5,
            float((abs(x.T) @ abs(y.T)).max()), 1, transA=1, transB=1, alpha=0.5, beta=2.0)
        a, b = numbers(dtype, 2, 1, 4, 30), numbers(dtype, 3, 30, 17)
        x, y = wide(a, b)
        add("MatMul", [a, b], (x @ y).astype(TYPES[dtype]), 8 * 30 ** 0.5,
            float((abs(x) @ abs(y)).max()))
        ends = np.array([4, 4, 21, 40, 40], np.int64)
        a, b = numbers(dtype, 40, 37), numbers(dtype, 5, 37, 18)
        x, y = wide(a, b)
        def grouped(x, y):
            starts = np.concatenate([[0], ends[:-1]])
            return np.concatenate([x[s:e] @ y[g] for g, (s, e) in enumerate(zip(starts, ends))])
        add("GroupedMatMul", [a, b, ends], grouped(x, y).astype(TYPES[dtype]), 8 * 37 ** 0.5,
            float(grouped(abs(x), abs(y)).max()), 2, domain="assay")


def four_bits():
    for dtype in ("f64", "f32", "f16", "bf16"):
        for m, n, k, block in ((1, 35, 64, 32), (3, 17, 96, 2), (6, 7, 60, 12), (21, 33, 96, 48)):
            a, b = numbers(dtype, m, k), codes("u8", n, k // 2)
            scales = abs(numbers(dtype, n, k // block))
            x, s = wide(a, scales)
            both = np.stack([b & 15, b >> 4], -1).reshape(n, k).astype(np.float64) - 8
            y = both * np.repeat(s, block, 1)
            add("BlockQuantizedMatMul", [a, b, scales], (x @ y.T).astype(TYPES[dtype]),
                8 * k ** 0.5 + 2, float((abs(x) @ abs(y).T).max()), domain="assay",
                block_size=block)


def evaluate(name, inputs, output):
    names = ["" if x is None else f"x{i}" for i, x in enumerate(inputs)]
    values = [helper.make_tensor_value_info(n, ONNX[x.dtype], x.shape)
              for n, x in zip(names, inputs) if n]
    result = helper.make_tensor_value_info("y", ONNX[np.dtype(output)], None)
    model = helper.make_model(
        helper.make_graph([helper.make_node(name, names, ["y"])], "g", values, [result]),
        opset_imports=[helper.make_opsetid("", 21)])
    return ReferenceEvaluator(model).run(None, {n: x for n, x in zip(names, inputs) if n})[0]


def whole():
    for left in ("u8", "i8"):
        for right in ("u8", "i8"):
            for m, n, k in SHAPES:
                a, b = codes(left, m, k), codes(right, k, n)
                plain = a.astype(np.int64) @ b.astype(np.int64)
                add("MatMulInteger", [a, b], plain.astype(np.int32), constant=1)
                # One zero point for each row and column, over the whole range.
                az, bz = codes(left, m), codes(right, n)
                shifted = (a.astype(np.int64) - az[:, None]) @ (b.astype(np.int64) - bz)
                add("MatMulInteger", [a, b, az, bz], shifted.astype(np.int32))
                add("MatMulInteger", [a, b, None, bz],
                    (a.astype(np.int64) @ (b.astype(np.int64) - bz)).astype(np.int32), constant=1)
            a, b = codes(left, 2, 1, 5, 9), codes(right, 3, 9, 6)
            az, bz = codes(left), codes(right)
            expected = evaluate("MatMulInteger", [a, b, az, bz], np.int32)
            add("MatMulInteger", [a, b, az, bz], expected)
    # Pairs and fours of the largest products: sums of 16 bits would saturate.
    a, b = np.full((1, 3000), 255, np.uint8), np.full((3000, 1), 255, np.uint8)
    add("MatMulInteger", [a, b], np.full((1, 1), 255 * 255 * 3000, np.int32))


def quantized():
    for left, right, out in (("u8", "i8", "i8"), ("u8", "u8", "u8"), ("i8", "i8", "u8")):
        for m, n, k in SHAPES:
            a, b = codes(left, m, k), codes(right, k, n)
            az, bz, yz = codes(left), codes(right, n), codes(out)
            for scales in ("f32", "f16"):
                kind = TYPES[scales]
                # Powers of two, so that only the conversion of the sum rounds before the last step.
                a_scale = np.array(0.5, kind)
                b_scale = (2.0 ** random.integers(-2, 2, n)).astype(kind)
                y_scale = np.array(2.0 ** np.round(np.log2(2000 * k ** 0.5 / 40)), kind)
                sums = (a.astype(np.int64) - az.astype(np.int64)) @ (
                    b.astype(np.int64) - bz.astype(np.int64))
                exact = sums.astype(np.float64) * float(a_scale) * b_scale.astype(
                    np.float64) / float(y_scale)
                limits = np.iinfo(TYPES[out])
                y = np.clip(np.rint(exact) + int(yz), limits.min, limits.max).astype(TYPES[out])
                add("QLinearMatMul", [a, a_scale, az, b, b_scale, bz, y_scale, yz], y, constant=3)


if __name__ == "__main__":
    for part in (floats, four_bits, whole, quantized):
        part()
    print("[\n" + ",\n".join(json.dumps(case) for case in cases) + "\n]")
