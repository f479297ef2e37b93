#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# Builds every fixture plug-in into OUTDIR/<name>.so with its manifest OUTDIR/<name>.json, where
# <name> is the file's name and the plug-in's id.
#
#     build.sh OUTDIR
#
# Several may run at once, also into one folder: each file is written beside its place and moved.
# What is newer than its sources is left alone.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
include=$(cd "$here/../../../Sources/AssayABI/include" && pwd)
mkdir -p "$1"
out=$(cd "$1" && pwd)
compiler=${CC:-$(command -v clang || command -v gcc || command -v cc)}
export here include out compiler

cat > "$out/.one.$$" <<'ONE'
set -eu
source=$1
name=$(basename "$source" .c)
if [ "$out/$name.so" -nt "$source" ] && [ "$out/$name.so" -nt "$here/fixture.h" ] &&
    [ "$out/$name.so" -nt "$here/device-clock.h" ] && [ "$out/$name.so" -nt "$here/build.sh" ] &&
    [ "$out/$name.so" -nt "$here/device-memory.c" ] &&
    [ "$out/$name.so" -nt "$include/assay_plugin.h" ] &&
    [ "$out/$name.so" -nt "$include/assay_simple.h" ] && [ -f "$out/$name.json" ]; then
    exit 0
fi
tables='"assay.memory/1", "assay.queue/1", "assay.op/1"'
[ "$name" != no-tables ] || tables=
telemetry=
[ "$name" != telemetry ] || telemetry=', "assay.telemetry/1"'
host=true
! grep -q 'ASSAY_DEVICE_GPU\|ASSAY_DEVICE_ACCELERATOR\|"device-memory.c"' "$source" || host=false
cat > "$out/.$name.json.$$" <<MANIFEST
{
  "id": "$name",
  "name": "$name",
  "file": "$name.so",
  "abi": "1.0",
  "version": "1.0.0",
  "licence": "Apache-2.0",
  "extensions": [$tables$telemetry],
  "environment": {},
  "needs": [],
  "network": "none",
  "isCPU": $host,
  "onlyWhenNamed": true,
  "homepage": ""
}
MANIFEST
"$compiler" -std=gnu11 -O1 -w -fPIC -fvisibility=hidden -shared -pthread -I"$include" \
    -DFIXTURE_ID="\"$name\"" -o "$out/.$name.so.$$" "$source" "$adapter"
mv -f "$out/.$name.json.$$" "$out/$name.json"
mv -f "$out/.$name.so.$$" "$out/$name.so"
ONE
adapter=$out/.adapter.$$.o
export adapter
trap 'rm -f "$out/.one.$$" "$adapter"' EXIT
printf '#define ASSAY_SIMPLE_IMPLEMENTATION\n#define ASSAY_SIMPLE_LINKAGE\n#include "assay_simple.h"\n' |
    "$compiler" -std=gnu11 -O1 -w -fPIC -fvisibility=hidden -I"$include" -x c -c -o "$adapter" -
find "$here" -name '*.c' ! -name host_check.c -print0 |
    xargs -0 -n 1 -P "$(nproc 2> /dev/null || echo 2)" sh "$out/.one.$$"
