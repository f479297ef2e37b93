#!/usr/bin/env python3
"""Writes plan.json: the plan that PlanningTests asks for, made without any of Assay's code.

The cost model and the profiles are written down again here, from Sources/Planning/CostModel.swift
and the table of the method; a change of either must show up as a change of this file.
"""
import hashlib
import json
import os
import re

import canonical

HERE = os.path.dirname(os.path.abspath(__file__))
PROFILES = {  # launches, warm-up, samples, measuring time, target half-width, verdicts
    "smoke": (1, (0.0, 0.2), (6, 50), (0.0, 0.2), None, False),
    "trend": (3, (0.1, 2.0), (10, 100), (0.1, 0.5), None, False),
    "nightly": (5, (0.5, 5.0), (20, 200), (0.5, 3.0), 0.03, True),
}


def ns(seconds):
    return int(seconds * 1e9 + 0.5)


def profile(name):
    launches, warmup, samples, measure, target, verdict = PROFILES[name]
    result = {
        "id": name, "launches": launches,
        "warmupTimeMin": ns(warmup[0]), "warmupTimeMax": ns(warmup[1]),
        "samplesMin": samples[0], "samplesMax": samples[1],
        "measureTimeMin": ns(measure[0]), "measureTimeMax": ns(measure[1]),
        "mayYieldVerdict": verdict}
    if target:
        result["targetHalfWidth"] = target
    return result


def cost(profile, memory, operations):
    launches = float(profile["launches"])
    inputs = memory / 4e8
    verify = 0.01 + min(operations, 10**9) / 3e8
    low, high = profile["warmupTimeMin"] * 1e-9, profile["warmupTimeMax"] * 1e-9
    warmup = low + 0.2 * (high - low)
    measure = 0.8 * (profile["measureTimeMax"] * 1e-9)
    verification = verify * (1 + 0.15 * (launches - 1))
    return ns(launches * (0.08 + inputs + warmup + measure) + verification)


def spec(name, dtype, shape):
    return {"name": name, "dtype": dtype, "shape": shape, "isConstant": False}


def planned(case, axes, inputs, output, name, opset, flops, operations, profile_name,
            headline, threads=None, subjects=1):
    operation = {"domain": "", "name": name, "opset": opset, "inputs": inputs,
                 "outputs": [output], "attributes": []}
    point = {"caseID": case, "parameters": [{"axis": a, "value": v} for a, v in axes],
             "operation": operation, "data": "normal", "cache": "hot", "timing": "batch",
             "tolerance": "standard", "headline": headline}
    if threads:
        point["threads"] = threads
    form = canonical.point(
        "", name, opset, [canonical.tensor(i["name"], i["dtype"], i["shape"]) for i in inputs],
        [canonical.tensor(output["name"], output["dtype"], output["shape"])], threads=threads)
    size = {"f32": 4, "f64": 8}

    def bytes_of(tensor):
        count = size[tensor["dtype"]]
        for extent in tensor["shape"]:
            count *= extent
        return count

    read, written = sum(map(bytes_of, inputs)), bytes_of(output)
    chosen = profile(profile_name)
    return {
        "point": point, "profile": chosen, "memory": read + written,
        "pointHash": hashlib.sha256(canonical.canonical(form).encode()).hexdigest(),
        "cost": cost(chosen, read + written, operations),
        "work": {"flops": flops, "bytesRead": read, "bytesWritten": written,
                 "bytesOwnership": 0, "steps": 0}}


def harness():
    operation = {"domain": "assay", "name": "Empty", "opset": 1, "inputs": [], "outputs": [],
                 "attributes": []}
    limited = profile("trend")
    share = 600_000_000 // 3
    limited.update(warmupTimeMin=share // 4, warmupTimeMax=share // 4,
                   measureTimeMin=share // 2, measureTimeMax=share // 2)
    form = canonical.point("assay", "Empty", 1, [], [], threads="1")
    return {
        "point": {"caseID": "launch/empty", "parameters": [], "operation": operation,
                  "data": "normal", "cache": "hot", "timing": "batch", "threads": "1",
                  "tolerance": "standard", "headline": "time"},
        "pointHash": hashlib.sha256(canonical.canonical(form).encode()).hexdigest(),
        "work": {"flops": 0, "bytesRead": 0, "bytesWritten": 0, "bytesOwnership": 0, "steps": 1},
        "memory": 0, "profile": limited, "cost": 700_000_000}


def main():
    plan = {
        "schema": "assay.plan/1", "request": ["suite", "golden"], "methodology": "1.0",
        "seed": "00000000000000ff",
        "subjects": [{"backend": "blas", "device": 0}, {"backend": "cpu-simd", "device": 0}],
        "points": [
            planned("op/matmul", [("types", "f32"), ("size", "256")],
                    [spec("A", "f32", [256, 128]), spec("B", "f32", [128, 512])],
                    spec("Y", "f32", [256, 512]), "MatMul", 13, 2 * 256 * 128 * 512,
                    2 * 256 * 128 * 512, "nightly", "throughputFlop", threads="all"),
            planned("op/add", [("types", "f64")],
                    [spec("A", "f64", [1000]), spec("B", "f64", [1000])],
                    spec("C", "f64", [1000]), "Add", 14, 1000, 1000, "smoke", "bandwidth"),
        ],
        "harnessPoints": [harness()], "cpus": [0, 1, 3], "memoryLimit": 1 << 30,
        "clock": "monotonic_raw", "debugBuild": False}
    text = json.dumps(plan, sort_keys=True, indent=2, separators=(",", " : "))
    # Swift's encoder leaves an empty line inside empty collections.
    text = re.sub(r"^( *)(.*)\[\]", r"\1\2[\n\n\1]", text, flags=re.M)
    with open(os.path.join(HERE, "plan.json"), "w") as out:
        out.write(text + "\n")


if __name__ == "__main__":
    main()
