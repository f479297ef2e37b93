"""Makes vectors-elementwise.json: numpy and scipy, seeded.

    python3 Tests/Fixtures/operators/make_elementwise.py
"""
import ml_dtypes
import numpy as np
import scipy.special

from vectors import FLOATS, NUMPY, ONNX, kind, single, vector, write

SHAPES = [((3, 4), (3, 4)), ((3, 4), (4,)), ((2, 3, 1), (4,)), ((2, 1, 5), (3, 1)), ((), (2, 2)),
          ((4,), ()), ((0, 3), (1, 3)), ((), ())]
EXTREMES = np.array([0, -0.0, np.inf, -np.inf, np.nan, 1, -1, 0.5, 2.5, -1.5, 80, -80, 1e-30, 7e4],
                    np.float32)


def wide(x):
    return np.asarray(x).astype(np.float64)


def logistic(x):
    return 1 / (1 + np.exp(-x))


UNARY = {
    "Reciprocal": ("X", "Y", lambda x: 1 / x, 13), "Log": ("input", "output", np.log, 13),
    "Sin": ("input", "output", np.sin, 22), "Cos": ("input", "output", np.cos, 22),
    "Tan": ("input", "output", np.tan, 22), "Erf": ("input", "output", scipy.special.erf, 13),
    "Floor": ("X", "Y", np.floor, 13), "Ceil": ("X", "Y", np.ceil, 13),
    "Round": ("X", "Y", np.rint, 22), "Sign": ("input", "output", np.sign, 13),
    "Softplus": ("X", "Y", lambda x: np.logaddexp(0, x), 22),
    "HardSwish": ("X", "Y", lambda x: x * np.clip(x / 6 + 0.5, 0, 1), 22),
    "IsNaN": ("X", "Y", np.isnan, 20), "IsInf": ("X", "Y", np.isinf, 20),
    "Identity": ("input", "output", lambda x: x, 24),
}


def unary(rng):
    for name, (source, target, function, opset) in UNARY.items():
        x = single(rng, (3, 5), 3)
        if name == "Log":
            x = np.abs(x)
        with np.errstate(all="ignore"):
            vector(f"{name} normal", name, [(source, x)], [(target, function(wide(x)))],
                   opset=opset)
            # The reference evaluator disagrees with numpy about some NaN, so numpy alone decides.
            vector(f"{name} extremes", name, [(source, EXTREMES)],
                   [(target, function(wide(EXTREMES)))], check=False)
            vector(f"{name} empty", name, [(source, x[:0])], [(target, function(wide(x[:0])))],
                   opset=opset, check=name not in ("Softplus", "Erf"))
            for dtype in ("f64", "f16", "bf16"):
                own = x.astype(NUMPY[dtype])
                vector(f"{name} {dtype}", name, [(source, own)], [(target, function(wide(own)))],
                       check=False)
    x = single(rng, (4, 6), 2)
    for name, attributes, function, opset in (
            ("LeakyRelu", {"alpha": 0.125}, lambda v: np.where(v < 0, 0.125 * v, v), 16),
            ("LeakyRelu", {}, lambda v: np.where(v < 0, 0.01 * v, v), 16),
            ("Elu", {"alpha": 1.5}, lambda v: np.where(v < 0, 1.5 * np.expm1(v), v), 22),
            ("Gelu", {}, lambda v: v * scipy.special.ndtr(v), 20),
            ("Gelu", {"approximate": "tanh"}, lambda v: v / 2 * (1 + np.tanh(
                np.sqrt(2 / np.pi) * (v + 0.044715 * v ** 3))), 20),
            ("Swish", {"alpha": 0.5}, lambda v: v * scipy.special.expit(0.5 * v), 24),
            ("IsInf", {"detect_negative": 0}, np.isposinf, 20),
            ("IsInf", {"detect_positive": 0}, np.isneginf, 20)):
        values = EXTREMES if name == "IsInf" else x
        vector(f"{name} {attributes}", name, [("X", values)], [("Y", function(wide(values)))],
               attributes, opset=opset, check=name != "Swish")
    vector("Silu", "Silu", [("X", x)], [("Y", wide(x) * scipy.special.expit(wide(x)))],
           domain="assay")
    vector("Rsqrt", "Rsqrt", [("X", np.abs(x))], [("Y", 1 / np.sqrt(wide(np.abs(x))))],
           domain="assay")
    integers = np.array([0, 1, -1, 127, -128, 77], np.int8)
    vector("Abs i8", "Abs", [("X", integers[:4])], [("Y", np.abs(integers[:4]))])
    vector("Neg i8", "Neg", [("X", integers[:4])], [("Y", -integers[:4])])
    vector("Sign i8", "Sign", [("input", integers)], [("output", np.sign(integers))])
    vector("Relu i32", "Relu", [("X", integers.astype(np.int32))],
           [("Y", np.maximum(integers.astype(np.int32), 0))])
    big = np.array([2 ** 63 - 1, -2 ** 63, 2 ** 53 + 1, -2 ** 53 - 3], np.int64)
    vector("Identity i64", "Identity", [("input", big)], [("output", big)])
    vector("BitwiseNot i64", "BitwiseNot", [("X", big)], [("Y", ~big)])
    for dtype in (np.uint8, np.int16, np.uint32, np.uint64):
        values = rng.integers(0, np.iinfo(dtype).max, 9, dtype)
        vector(f"BitwiseNot {kind(values)}", "BitwiseNot", [("X", values)], [("Y", ~values)])
    truth = rng.random((3, 4)) < 0.5
    vector("Not", "Not", [("X", truth)], [("Y", ~truth)])


def integers(rng, dtype, shape, low=None, high=None):
    information = np.iinfo(dtype)
    low = information.min if low is None else low
    high = information.max if high is None else high
    return rng.integers(low, high, shape, dtype=dtype, endpoint=True)


def binary(rng):
    with np.errstate(all="ignore"):
        for name, function in (("Add", np.add), ("Sub", np.subtract), ("Mul", np.multiply)):
            for dtype in (np.int8, np.uint8, np.int16, np.int32, np.int64, np.uint64):
                a, b = integers(rng, dtype, (3, 4)), integers(rng, dtype, (4,))
                vector(f"{name} {kind(a)}", name, [("A", a), ("B", b)], [("C", function(a, b))],
                       check=False)
            a, b = (single(rng, (3, 4)).astype(np.float16) for _ in range(2))
            vector(f"{name} f16", name, [("A", a), ("B", b)], [("C", function(wide(a), wide(b)))],
                   check=False)
        for dtype in (np.int8, np.uint8, np.int32, np.int64):
            a, b = integers(rng, dtype, (3, 4)), integers(rng, dtype, (4,), 1, 9)
            vector(f"Div {kind(a)}", "Div", [("A", a), ("B", b)],
                   [("C", (np.sign(a) * (abs(a.astype(object)) // b)).astype(dtype))],
                   check=False)
            vector(f"Mod {kind(a)}", "Mod", [("A", a), ("B", b)], [("C", np.mod(a, b))])
            vector(f"Mod {kind(a)} fmod", "Mod", [("A", a), ("B", b)], [("C", np.fmod(a, b))],
                   {"fmod": 1})
        a, b = single(rng, (3, 4), 5), single(rng, (4,))
        vector("Mod f32", "Mod", [("A", a), ("B", b)], [("C", np.fmod(wide(a), wide(b)))],
               {"fmod": 1})
        for left, right in SHAPES:
            a, b = np.abs(single(rng, left)), 2 * single(rng, right)
            vector(f"Pow {left} {right}", "Pow", [("X", a), ("Y", b)],
                   [("Z", np.power(wide(a), wide(b)))])
        specials = np.array([0, -0.0, np.inf, -np.inf, np.nan, 1, -2, -2], np.float32)
        powers = np.array([-1, 3, 0.5, 3, 0, np.nan, 3, 0.5], np.float32)
        vector("Pow special values", "Pow", [("X", specials), ("Y", powers)],
               [("Z", np.power(wide(specials), wide(powers)))])
        a, b = integers(rng, np.int32, (3, 4), -5, 5), integers(rng, np.int64, (4,), 0, 5)
        vector("Pow i32 i64", "Pow", [("X", a), ("Y", b)], [("Z", np.power(a, b).astype(np.int32))])
        a, b = np.abs(single(rng, (5,))), integers(rng, np.int8, (5,), -3, 3)
        vector("Pow f32 i8", "Pow", [("X", a), ("Y", b)], [("Z", np.power(wide(a), wide(b)))])
        a, b = integers(rng, np.int64, (5,), 0, 9), np.abs(single(rng, (5,)))
        vector("Pow i64 f32", "Pow", [("X", a), ("Y", b)],
               [("Z", np.power(wide(a), wide(b)).astype(np.int64))])


def comparisons(rng):
    for name, function, domain in (
            ("Equal", np.equal, ""), ("Greater", np.greater, ""),
            ("GreaterOrEqual", np.greater_equal, ""), ("Less", np.less, ""),
            ("LessOrEqual", np.less_equal, ""), ("NotEqual", np.not_equal, "assay")):
        for left, right in SHAPES:
            a, b = (np.rint(single(rng, s)) for s in (left, right))
            vector(f"{name} {left} {right}", name, [("A", a), ("B", b)], [("C", function(a, b))],
                   domain=domain)
        a, b = EXTREMES, np.roll(EXTREMES, 1)
        vector(f"{name} extremes", name, [("A", a), ("B", b)], [("C", function(a, b))],
               domain=domain)
        vector(f"{name} extremes, itself", name, [("A", a), ("B", a)], [("C", function(a, a))],
               domain=domain)
        for dtype in (np.int8, np.uint8, np.int32, np.int64, np.uint64):
            a, b = integers(rng, dtype, (20,)), integers(rng, dtype, (20,))
            b[::3] = a[::3]
            vector(f"{name} {kind(a)}", name, [("A", a), ("B", b)], [("C", function(a, b))],
                   domain=domain)
        near = np.array([2 ** 62, 2 ** 62 + 1], np.int64)
        vector(f"{name} i64 beyond f64", name, [("A", near), ("B", near[::-1].copy())],
               [("C", function(near, near[::-1]))], domain=domain)
    a, b = rng.random((3, 4)) < 0.5, rng.random((4,)) < 0.5
    vector("Equal bool", "Equal", [("A", a), ("B", b)], [("C", a == b)])
    for name, function in (("And", np.logical_and), ("Or", np.logical_or),
                           ("Xor", np.logical_xor)):
        for left, right in SHAPES:
            a, b = rng.random(left) < 0.5, rng.random(right) < 0.5
            a, b = np.asarray(a), np.asarray(b)
            vector(f"{name} {left} {right}", name, [("A", a), ("B", b)],
                   [("C", np.asarray(function(a, b)))])
    for name, function in (("BitwiseAnd", np.bitwise_and), ("BitwiseOr", np.bitwise_or),
                           ("BitwiseXor", np.bitwise_xor)):
        for dtype in (np.int8, np.uint8, np.int16, np.int32, np.int64, np.uint64):
            a, b = integers(rng, dtype, (3, 4)), integers(rng, dtype, (4,))
            vector(f"{name} {kind(a)}", name, [("A", a), ("B", b)], [("C", function(a, b))])
    for dtype in (np.uint8, np.uint16, np.uint32, np.uint64):
        a = integers(rng, dtype, (3, 4))
        b = integers(rng, dtype, (4,), 0, a.dtype.itemsize * 8 - 1)
        vector(f"BitShift LEFT {kind(a)}", "BitShift", [("X", a), ("Y", b)],
               [("Z", np.left_shift(a, b))], {"direction": "LEFT"})
        vector(f"BitShift RIGHT {kind(a)}", "BitShift", [("X", a), ("Y", b)],
               [("Z", np.right_shift(a, b))], {"direction": "RIGHT"})


def several(rng):
    shapes = [(3, 4), (4,), (2, 1, 1)]
    for count in (1, 2, 3):
        given = [(f"data_{i}", single(rng, shapes[i])) for i in range(count)]
        arrays = np.broadcast_arrays(*[wide(a) for _, a in given])
        for name, function in (("Max", np.maximum), ("Min", np.minimum), ("Sum", np.add)):
            result = arrays[0]
            for array in arrays[1:]:
                result = function(result, array)
            vector(f"{name} of {count}", name, given, [(name.lower(), np.asarray(result))])
        total = np.zeros(arrays[0].shape)
        for array in arrays:
            total = total + array
        vector(f"Mean of {count}", "Mean", given, [("mean", total / count)],
               check=count < 2)
    special = [("data_0", EXTREMES), ("data_1", np.roll(EXTREMES, 1))]
    for name, function in (("Max", np.maximum), ("Min", np.minimum)):
        vector(f"{name} special values", name, special,
               [(name.lower(), function(wide(special[0][1]), wide(special[1][1])))])
        for dtype in (np.int8, np.uint8, np.int64, np.uint64):
            pair = [(f"data_{i}", integers(rng, dtype, (9,))) for i in range(2)]
            vector(f"{name} {kind(pair[0][1])}", name, pair,
                   [(name.lower(), function(pair[0][1], pair[1][1]))])


def selections(rng):
    for c, x, y in (((3, 4), (3, 4), (3, 4)), ((3, 1), (4,), ()), ((), (2, 2), (2,)),
                    ((4,), (3, 1), (3, 4)), ((0,), (1,), (1,))):
        condition, a, b = np.asarray(rng.random(c) < 0.5), single(rng, x), single(rng, y)
        a, b = np.asarray(a), np.asarray(b)
        vector(f"Where {c} {x} {y}", "Where", [("condition", condition), ("X", a), ("Y", b)],
               [("output", np.where(condition, wide(a), wide(b)))])
    condition = rng.random((3, 4)) < 0.5
    a, b = integers(rng, np.int64, (3, 4)), integers(rng, np.int64, (4,))
    vector("Where i64", "Where", [("condition", condition), ("X", a), ("Y", b)],
           [("output", np.where(condition, a, b))])
    x = single(rng, (4, 5), 2)
    low, high = np.float32(-1), np.float32(1.5)
    for given in ([], [("min", low)], [("max", high)], [("min", low), ("max", high)],
                  [("min", high), ("max", low)]):
        limits = dict(given)
        result = wide(x)
        result = np.maximum(result, limits.get("min", -np.inf))
        result = np.minimum(result, limits.get("max", np.inf))
        vector(f"Clip {[n for n, _ in given]} {limits.get('min')}", "Clip",
               [("input", x)] + [(n, np.asarray(v)) for n, v in given], [("output", result)])
    values = integers(rng, np.int8, (9,))
    vector("Clip i8", "Clip",
           [("input", values), ("min", np.asarray(np.int8(-5))), ("max", np.asarray(np.int8(9)))],
           [("output", np.clip(values, -5, 9))])
    whole = np.array([7, -9, 3], np.float32)
    vector("Clip with given values", "Clip",
           [("input", whole), ("min", np.asarray(np.float32(0))),
            ("max", np.asarray(np.float32(6)))],
           [("output", np.clip(wide(whole), 0, 6))], given=("min", "max"))
    for slope in ((4, 5), (5,), (1, 1), (4, 1)):
        s = single(rng, slope)
        vector(f"PRelu {slope}", "PRelu", [("X", x), ("slope", s)],
               [("Y", np.where(wide(x) < 0, wide(x) * wide(s), wide(x)))])
    for shape in ((4, 5), (2, 3, 3), (3, 1), (0, 4)):
        for k in (None, 0, 1, -2, 5):
            for upper in (0, 1):
                x = single(rng, shape)
                inputs = [("input", x)]
                if k is not None:
                    inputs.append(("k", np.asarray(np.int64(k))))
                cut = np.triu if upper else np.tril
                vector(f"Trilu {shape} {k} {upper}", "Trilu", inputs,
                       [("output", cut(wide(x), k or 0))], {"upper": upper}, given=("k",))


def casts(rng):
    numbers = np.concatenate([single(rng, (30,), 20), [0, -0.0, 0.4, -0.6, 1.5, 2.5, 100]])
    for source in FLOATS:
        own = numbers.astype(NUMPY[source])
        for target in NUMPY:
            if target in FLOATS:
                with np.errstate(all="ignore"):
                    result = (wide(own).astype(NUMPY[target]).astype(np.float64), target)
            elif target == "bool":
                result = wide(own) != 0
            else:
                values = np.abs(own) if target.startswith("u") else own
                vector(f"Cast {source} {target}", "Cast", [("input", values)],
                       [("output", np.trunc(wide(values)).astype(NUMPY[target]))],
                       {"to": ONNX[target]}, check=False)
                continue
            vector(f"Cast {source} {target}", "Cast", [("input", own)], [("output", result)],
                   {"to": ONNX[target]}, check=False)
    for source in ("i64", "i32", "i8", "u8", "u64"):
        low = -1000 if source in ("i64", "i32") else None
        high = 1000 if source in ("i64", "i32", "u64") else None
        own = integers(rng, NUMPY[source], (20,), low, high)
        for target in NUMPY:
            if target in ("f8e4m3", "f8e5m2"):
                continue
            result = own.astype(NUMPY[target])
            result = (result.astype(np.float64), target) if target in FLOATS else result
            vector(f"Cast {source} {target}", "Cast", [("input", own)], [("output", result)],
                   {"to": ONNX[target]}, check=False)
    wild = np.array([np.nan, np.inf, -np.inf, 448, 449, 464, 465, 480, -1e9, 57344, 61439, 61441,
                     2.0 ** -9, 2.0 ** -10, 1.5 * 2.0 ** -10, 2.0 ** -16, 2.0 ** -17], np.float32)
    for target, name, largest in (("f8e4m3", ml_dtypes.float8_e4m3fn, 448),
                                  ("f8e5m2", ml_dtypes.float8_e5m2, 57344)):
        free = wide(wild).astype(name).astype(np.float64)
        vector(f"Cast to {target} without saturation", "Cast", [("input", wild)],
               [("output", (free, target))], {"to": ONNX[target], "saturate": 0}, check=False)
        held = np.clip(wide(wild), -largest, largest).astype(name).astype(np.float64)
        vector(f"Cast to {target} with saturation", "Cast", [("input", wild)],
               [("output", (held, target))], {"to": ONNX[target]}, check=False)


if __name__ == "__main__":
    generator = np.random.default_rng(20251128)
    unary(generator)
    binary(generator)
    comparisons(generator)
    several(generator)
    selections(generator)
    casts(generator)
    write("elementwise")
