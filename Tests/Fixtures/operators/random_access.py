#!/usr/bin/env python3
"""Writes random_access.json: tables after the updates of assay.RandomAccess, computed here a second time.

    python3 random_access.py

Each row: bytes, updates, FNV-1a of the table's little-endian bytes, the first and last words."""
import json
import pathlib
import struct

MASK = (1 << 64) - 1


def start(stream):
    z = (stream + 1) * 0x9E3779B97F4A7C15 & MASK
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9 & MASK
    z = (z ^ (z >> 27)) * 0x94D049BB133111EB & MASK
    return (z ^ (z >> 31)) | 1


def table(words, updates):
    values = list(range(words))
    lines = words // 8 // 256
    for stream in range(256):
        state = start(stream)
        for _ in range(updates // 256):
            state = (state << 1 & MASK) ^ (7 if state >> 63 else 0)
            line = (state >> 3) % lines * 256 + stream
            values[line * 8 + state % 8] ^= state % (1 << 52)
    return values


def fnv(raw):
    value = 0xCBF29CE484222325
    for byte in raw:
        value = (value ^ byte) * 0x100000001B3 & MASK
    return f"{value:016x}"


rows = []
for size, updates in ((16384, 256), (16384, 25600), (65536, 65536), (262144, 100096)):
    values = table(size // 8, updates)
    rows.append({
        "bytes": size, "updates": updates, "first": values[0], "last": values[-1],
        "hash": fnv(struct.pack(f"<{len(values)}q", *values))})
path = pathlib.Path(__file__).resolve().parent / "random_access.json"
path.write_text(json.dumps(rows, indent=1) + "\n")
