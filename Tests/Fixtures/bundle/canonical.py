#!/usr/bin/env python3
"""RFC 8785 in Python, written from the RFC alone: the reference for Assay's point hashes.

Writes points.tsv (name, SHA-256, canonical form) and seeds.tsv beside itself. Numbers are written
as ECMAScript's Number::toString does; numbers.tsv was made by that language itself (numbers.js).
"""
import hashlib
import os

HERE = os.path.dirname(os.path.abspath(__file__))


def number(value):
    if isinstance(value, int):
        return str(value)
    if value == 0:
        return "0"
    mantissa, _, exponent = repr(abs(value)).partition("e")
    whole, _, fraction = mantissa.partition(".")
    digits = (whole + fraction).lstrip("0")
    point = len(whole) + int(exponent or 0) - (len(whole + fraction) - len(digits))
    digits = digits.rstrip("0")
    sign, k = "-" if value < 0 else "", len(digits)
    if k <= point <= 21:
        return sign + digits + "0" * (point - k)
    if 0 < point <= 21:
        return sign + digits[:point] + "." + digits[point:]
    if -6 < point <= 0:
        return sign + "0." + "0" * -point + digits
    tail = "e%+d" % (point - 1)
    return sign + digits[0] + ("." + digits[1:] if k > 1 else "") + tail


def text(value):
    short = {8: "\\b", 9: "\\t", 10: "\\n", 12: "\\f", 13: "\\r", 34: '\\"', 92: "\\\\"}
    return '"' + "".join(
        short.get(ord(c)) or ("\\u%04x" % ord(c) if ord(c) < 32 else c) for c in value) + '"'


def canonical(value):
    if value is None or isinstance(value, bool):
        return {None: "null", True: "true", False: "false"}[value]
    if isinstance(value, (int, float)):
        return number(value)
    if isinstance(value, str):
        return text(value)
    if isinstance(value, list):
        return "[" + ",".join(map(canonical, value)) + "]"
    names = sorted(value, key=lambda name: name.encode("utf-16-be"))
    return "{" + ",".join(text(n) + ":" + canonical(value[n]) for n in names) + "}"


def tensor(name, dtype, shape, constant=False, values=None):
    spec = {"name": name, "dtype": dtype, "shape": shape, "constant": constant}
    if values is not None:
        spec["values"] = values
    return spec


def point(domain, name, opset, inputs, outputs, attributes={}, threads=None, math=None,
          accumulate=None, data="normal", cache="hot", timing="batch", tolerance="standard",
          repetitions=None, duration=None):
    operation = {"domain": domain, "name": name, "opset": opset, "inputs": inputs,
                 "outputs": outputs, "attributes": attributes}
    if math:
        operation["math"] = math
    if accumulate:
        operation["accumulate"] = accumulate
    whole = {"operation": operation, "data": data, "cache": cache, "timing": timing,
             "tolerance": tolerance}
    if threads:
        whole["threads"] = threads
    if repetitions:
        whole["repetitions"] = repetitions
    if duration:
        whole["durationNanoseconds"] = duration
    return whole


def matmul(dtype="f32", n=64, **rest):
    return point("", "MatMul", 13, [tensor("A", dtype, [n, 128]), tensor("B", dtype, [128, n])],
                 [tensor("Y", dtype, [n, n])], **rest)


POINTS = {
    "matmul": matmul(),
    "matmul f64": matmul("f64"),
    "matmul 65": matmul(n=65),
    "matmul cold": matmul(cache="coldFlush"),
    "matmul single": matmul(timing="single"),
    "matmul chained": matmul(timing="chained"),
    "matmul loose": matmul(tolerance="loose"),
    "matmul one": matmul(threads="1"),
    "matmul all": matmul(threads="all"),
    "matmul sparse": matmul(data="sparse(0.5)"),
    "matmul tf32": matmul(math="tf32"),
    "matmul sums": matmul(accumulate="f64"),
    "matmul repeated": matmul(repetitions=1000),
    "matmul sustained": matmul(duration=60_000_000_000),
    "reduce": point(
        "", "ReduceSum", 13,
        [tensor("data", "bf16", [4, 5]), tensor("axes", "i64", [1], values=[-1])],
        [tensor("reduced", "bf16", [4, 1])], {"keepdims": 1}, threads="2"),
    "normalization": point(
        "", "LayerNormalization", 17,
        [tensor("X", "f32", [8, 16]), tensor("Scale", "f32", [16], constant=True)],
        [tensor("Y", "f32", [8, 16])], {"axis": -1, "epsilon": {"float": 1e-05}}),
    "triad": point(
        "assay", "MemoryTriad", 1,
        [tensor("B", "f64", [64]), tensor("C", "f64", [64])], [tensor("A", "f64", [64])],
        {"bytes": 1536, "stores": "nonTemporal", "repetitions": 7, "scalar": {"float": 3.0},
         "weights": [0.5, 1e21, -0.0], "names": ["é", "\n\"\\"]}),
}

SEEDS = [(0, "00", "A"), (0xFEEDFACECAFEBEEF, "ab" * 32, "B"), (1, "x/y", "é")]


def main():
    with open(os.path.join(HERE, "points.tsv"), "w") as out:
        out.write("# name, SHA-256 of the canonical form, canonical form; by canonical.py\n")
        for name, value in POINTS.items():
            form = canonical(value)
            out.write("%s\t%s\t%s\n" % (name, hashlib.sha256(form.encode()).hexdigest(), form))
    with open(os.path.join(HERE, "seeds.tsv"), "w") as out:
        out.write("# plan's seed, point hash, tensor, seed of the tensor; by canonical.py\n")
        for seed, point_hash, name in SEEDS:
            digest = hashlib.sha256(("%016x/%s/%s" % (seed, point_hash, name)).encode()).digest()
            out.write("%016x\t%s\t%s\t%016x\n" % (
                seed, point_hash, name, int.from_bytes(digest[:8], "big")))


if __name__ == "__main__":
    main()
