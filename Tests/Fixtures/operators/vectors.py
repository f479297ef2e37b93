"""Writes vectors-FAMILY.json: inputs of operators and what numpy, scipy or a formula expects.

    from vectors import vector, write

Every vector is compared with ONNX's own reference implementation where that has the operator.
Seeds are fixed by the callers: the same file comes out every time.
Needs numpy, scipy, onnx and ml_dtypes.
"""
import base64
import json
import pathlib

import ml_dtypes
import numpy as np
from onnx import TensorProto, helper
from onnx.reference import ReferenceEvaluator

HERE = pathlib.Path(__file__).parent
NUMPY = {"f64": np.float64, "f32": np.float32, "f16": np.float16, "bf16": ml_dtypes.bfloat16,
         "f8e4m3": ml_dtypes.float8_e4m3fn, "f8e5m2": ml_dtypes.float8_e5m2,
         "i64": np.int64, "i32": np.int32, "i16": np.int16, "i8": np.int8,
         "u64": np.uint64, "u32": np.uint32, "u16": np.uint16, "u8": np.uint8, "bool": np.bool_}
ONNX = {"f64": TensorProto.DOUBLE, "f32": TensorProto.FLOAT, "f16": TensorProto.FLOAT16,
        "bf16": TensorProto.BFLOAT16, "f8e4m3": TensorProto.FLOAT8E4M3FN,
        "f8e5m2": TensorProto.FLOAT8E5M2, "i64": TensorProto.INT64, "i32": TensorProto.INT32,
        "i16": TensorProto.INT16, "i8": TensorProto.INT8, "u64": TensorProto.UINT64,
        "u32": TensorProto.UINT32, "u16": TensorProto.UINT16, "u8": TensorProto.UINT8,
        "bool": TensorProto.BOOL}
FLOATS = ("f64", "f32", "f16", "bf16", "f8e4m3", "f8e5m2")
VECTORS = []


def text(array):
    return base64.b64encode(np.ascontiguousarray(array).tobytes()).decode()


def kind(array):
    """The name of an array's element type."""
    return next(name for name, own in NUMPY.items() if np.dtype(own) == array.dtype)


def single(rng, shape, scale=1.0):
    """Numbers that f32 holds exactly."""
    return (scale * rng.standard_normal(shape)).astype(np.float32)


def attribute(value):
    if isinstance(value, str):
        return {"s": value}
    if isinstance(value, (list, tuple)):
        if any(isinstance(v, str) for v in value):
            return {"ss": list(value)}
        name = "fs" if any(isinstance(v, float) for v in value) else "is"
        return {name: list(value)}
    return {"f": value} if isinstance(value, float) else {"i": int(value)}


def vector(label, operator, inputs, outputs, attributes=None, domain="", given=(), check=True,
           opset=24, tolerance=1e-12):
    """One vector.

    `inputs` and `outputs` are pairs of name and array. Arrays of inputs have the type that is
    stored; expected floating-point outputs are f64, or a pair of f64 array and type name where
    the output's type is not f32 or that of the first floating-point input. Names in `given` are
    index tensors whose values stand in the case.
    """
    attributes = attributes or {}
    own = next((kind(a) for _, a in inputs if kind(a) in FLOATS), "f32")
    entries = []
    for name, value in outputs:
        array, dtype = value if isinstance(value, tuple) else (np.asarray(value), None)
        array = np.asarray(array)
        if array.dtype == np.float64:
            entries.append({"name": name, "dtype": dtype or own, "shape": list(array.shape),
                            "data": text(array)})
        else:
            dtype = dtype or kind(array)
            bits = array if array.dtype == np.uint64 else array.astype(np.int64)
            entries.append({"name": name, "dtype": dtype, "shape": list(array.shape),
                            "data": text(bits)})
    listed = []
    for name, array in inputs:
        array = np.asarray(array)
        entry = {"name": name, "dtype": kind(array), "shape": list(array.shape),
                 "data": text(array)}
        if name in given:
            entry["values"] = [int(v) for v in array.ravel()]
        listed.append(entry)
    VECTORS.append({"label": label, "domain": domain, "operator": operator,
                    "attributes": {n: attribute(v) for n, v in attributes.items()},
                    "inputs": listed, "outputs": entries, "tolerance": tolerance})
    if check and not domain:
        onnx_check(label, operator, inputs, outputs, attributes, opset)


def onnx_check(label, operator, inputs, outputs, attributes, opset):
    """Compares with ONNX's reference implementation, computing in f64 where the types allow."""
    def wide(array):
        array = np.asarray(array)
        return array.astype(np.float64) if kind(array) in ("f32", "f16", "bf16") else array
    arrays = {name: wide(array) for name, array in inputs}
    names = [name for name, _ in inputs]
    node = helper.make_node(operator, reference_names(operator, names), [n for n, _ in outputs],
                            **attributes)
    graph = helper.make_graph(
        [node], "g",
        [helper.make_tensor_value_info(n, ONNX[kind(a)], a.shape) for n, a in arrays.items()],
        [helper.make_tensor_value_info(n, TensorProto.UNDEFINED, None) for n, _ in outputs])
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", opset)])
    with np.errstate(all="ignore"):
        got = ReferenceEvaluator(model).run(None, arrays)
    for (name, value), found in zip(outputs, got):
        array = np.asarray(value[0] if isinstance(value, tuple) else value)
        found = np.asarray(found)
        assert list(found.shape) == list(array.shape), (label, name, found.shape, array.shape)
        if array.dtype == np.float64:
            # ONNX holds float attributes, and some intermediate results, in f32.
            np.testing.assert_allclose(found.astype(np.float64), array, rtol=3e-6, atol=1e-6,
                                       err_msg=label)
        else:
            np.testing.assert_array_equal(found.astype(array.dtype), array, err_msg=label)


# Inputs that stand before the last one given, for operators with optional ones in the middle.
ORDER = {"Clip": ["input", "min", "max"]}


def reference_names(operator, names):
    """The names by position, an absent input as ONNX's empty name."""
    if operator not in ORDER:
        return names
    order = [n if n in names else "" for n in ORDER[operator]]
    while order and not order[-1]:
        order.pop()
    return order


def write(family):
    (HERE / f"vectors-{family}.json").write_text(json.dumps(VECTORS, indent=0) + "\n")
    print(family, len(VECTORS), "vectors")
    VECTORS.clear()
