#!/bin/sh
# Writes lies.txt: what a compiler makes of lies.c. Needs clang and objdump.
set -eu
cd "$(dirname "$0")"
object=$(mktemp)
clang -O3 -march=x86-64-v4 -ffp-contract=off -c lies.c -o "$object"
objdump -d --no-show-raw-insn "$object" | sed '/file format/d; /^$/d' > lies.txt
rm "$object"
