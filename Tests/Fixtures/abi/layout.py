#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Lays out every struct of assay_plugin.h by the rules of the System V ABI for 64-bit machines,
independently of any compiler, and writes the layout of version 1.0:

    layout.py offsets  > Sources/AssayABI/offsets.c
    layout.py swift    > Tests/AssayABITests/Layout+Frozen.swift

Numbers once released never change: later minors may only add lines at the end of headed structs.
"""
import os
import re
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
HEADER = os.path.join(HERE, "../../../Sources/AssayABI/include/assay_plugin.h")
SIZES = {"char": 1, "uint8_t": 1, "uint32_t": 4, "int32_t": 4, "uint64_t": 8, "int64_t": 8,
         "double": 8, "float": 4, "pointer": 8}
HANDLES = ("device", "queue", "event", "buffer", "op", "exec", "comm")


def fields_of(body):
    """(type, name, count) of each member; function pointers and pointers are "pointer"."""
    body = re.sub(r"union \{.*?\} (\w+);", r"assay_str \1;", body, flags=re.S)  # its largest member
    for statement in body.split(";"):
        statement = " ".join(statement.split())
        if not statement:
            continue
        slot = re.match(r".*?\(\*(\w+)\)\(.*\)$", statement)
        if slot:
            yield "pointer", slot.group(1), 1
            continue
        kind, rest = re.match(r"(?:const )?(\w+) ?(.*)", statement).groups()
        for part in rest.split(","):
            part = part.strip()
            name = re.search(r"(\w+)(?:\[(\d+)\])?$", part)
            pointer = "*" in part or kind.removeprefix("assay_") in HANDLES
            yield "pointer" if pointer else kind, name.group(1), int(name.group(2) or 1)


def layouts():
    text = re.sub(r"/\*.*?\*/", "", open(HEADER).read(), flags=re.S)
    known = {name: (size, size) for name, size in SIZES.items()}
    for body, name in re.findall(r"typedef struct \w+ \{(.*?)\n\} (\w+);", text, flags=re.S):
        offset, alignment, members = 0, 1, []
        for kind, field, count in fields_of(body):
            size, align = known[kind]
            offset = (offset + align - 1) // align * align
            members.append((field, offset))
            offset += size * count
            alignment = max(alignment, align)
        size = (offset + alignment - 1) // alignment * alignment
        known[name] = (size, alignment)
        yield name, size, members


def offsets():
    print("/* SPDX-License-Identifier: Apache-2.0\n *\n"
          " * The layout of version 1.0, frozen: a change of any line breaks every plug-in there is.\n"
          " * Written by Tests/Fixtures/abi/layout.py, which knows no compiler. */\n"
          '#include "assay_plugin.h"\n\n'
          "#define SIZE(type, bytes) _Static_assert(sizeof(type) == (bytes), #type)\n"
          "#define AT(type, field, bytes) \\\n"
          "    _Static_assert(offsetof(type, field) == (bytes), #type \".\" #field)\n")
    for name, size, members in layouts():
        print(f"SIZE({name}, {size});")
        for field, offset in members:
            print(f"AT({name}, {field}, {offset});")
        print()


def swift():
    print("// Written by Tests/Fixtures/abi/layout.py, which knows no compiler.\n\nimport AssayABI\n\n"
          "extension Layout {\n    static let all: [Layout] = [")
    for name, size, members in layouts():
        print(f"        Layout({name}.self, {size}, [")
        line = "           "
        for field, offset in members:
            if len(line) + len(f" (\\.{field}, {offset}),") > 100:
                print(line)
                line = "           "
            line += f" (\\.{field}, {offset}),"
        print(line + "\n        ]),")
    print("    ]\n}")


if __name__ == "__main__":
    {"offsets": offsets, "swift": swift}[sys.argv[1]]()
