"""What peak.py and memory.py share: building the driver, talking to it, and paired ratios.

Python's standard library only. The driver is the backend itself, entered through its plug-in
ABI, with the comparators linked beside it."""

import json
import math
import os
import pathlib
import re
import shutil
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
HERE = ROOT / "Benchmarks"
BUILD = ROOT / ".build" / "benchmarks"
KERNELS = ROOT / "vendors" / "cpu-simd" / "Kernels"
SWIFT = ROOT / "vendors" / "cpu-simd" / "Swift"
ABI = ROOT / "Sources" / "AssayABI"


_urgent = False


def urgent():
    """Measures before other load of this machine. Needs root."""
    global _urgent
    require("chrt", "nice")
    _urgent = True


def prefix(threads):
    """What goes before a measured command.

    Real-time priority for one thread only: likwid-bench's threads start on the CPU of a parent
    that spins, and at real-time priority they would never get to run."""
    if not _urgent:
        return []
    return ["chrt", "--fifo", "10"] if threads == 1 else ["nice", "-n", "-20"]


def require(*programs):
    """Stops with the line that installs what is missing."""
    packages = {
        "likwid-bench": "likwid", "hpcc": "hpcc", "gcc": "gcc", "chrt": "util-linux",
        "nice": "coreutils"}
    missing = [p for p in programs if not shutil.which(p)]
    if not missing:
        return
    known = [packages[p] for p in missing if p in packages]
    if known:
        print(f"missing: {', '.join(missing)}; install with: apt-get install {' '.join(known)}")
    others = [p for p in missing if p not in packages]
    if others:
        print(f"missing: {', '.join(others)} (part of the Swift toolchain)")
    sys.exit(2)


def run(*command):
    subprocess.run([str(part) for part in command], check=True)


def build(driver_source="driver.c"):
    """Compiles a driver with the flags of a release build; returns its path."""
    require("clang", "swiftc", "gcc")
    BUILD.mkdir(parents=True, exist_ok=True)
    flags = ["-O3", "-fno-math-errno", "-Wall", "-Wextra"]
    include = ["-I", KERNELS / "include", "-I", ABI / "include"]
    objects = []

    def compile_c(compiler, source, name, *extra):
        target = BUILD / f"{name}.o"
        run(compiler, *flags, *include, *extra, "-c", source, "-o", target)
        objects.append(target)

    for source in sorted(KERNELS.glob("*.c")):
        compile_c("clang", source, "kernel_" + source.stem)
    compile_c("clang", ABI / "simple.c", "simple")
    name = pathlib.Path(driver_source).stem
    compile_c("clang", HERE / driver_source, name)
    compile_c("clang", HERE / "clock.c", "clock")
    native = ["-march=native"]
    compile_c("gcc", HERE / "loops.c", "loops_gcc", *native, "-DCOMPILER=gcc",
              "-fno-tree-loop-distribute-patterns")
    compile_c("clang", HERE / "loops.c", "loops_clang", *native, "-DCOMPILER=clang",
              "-fno-builtin")
    return link(name, objects)


def link(name, objects, *libraries):
    """Links the backend's Swift code with compiled C into BUILD/NAME; returns its path."""
    include = ["-I", KERNELS / "include", "-I", ABI / "include"]
    module_map = BUILD / "module.modulemap"
    headers = " ".join(f'header "{path}"' for path in sorted((KERNELS / "include").glob("*.h")))
    module_map.write_text(f"module CPUSIMDKernels {{ {headers} export * }}\n")
    features = []
    for feature in ("ExistentialAny", "InternalImportsByDefault", "MemberImportVisibility"):
        features += ["-enable-upcoming-feature", feature]
    run("swiftc", "-O", "-wmo", "-parse-as-library", "-swift-version", "6", *features,
        "-package-name", "assay", "-module-name", "CPUSIMD", *include,
        "-Xcc", f"-fmodule-map-file={module_map}",
        "-Xcc", f"-fmodule-map-file={ABI / 'include' / 'module.modulemap'}",
        *sorted(SWIFT.glob("*.swift")), *objects, *libraries, "-lm", "-lpthread",
        "-o", BUILD / name)
    return BUILD / name


def plugin(folder, name, source, *defines):
    """Compiles a plug-in from one file on the tests' fixtures; returns its manifest."""
    require("clang")
    folder.mkdir(parents=True, exist_ok=True)
    fixtures = ROOT / "Tests" / "Fixtures" / "plugins"
    flags = ["-std=gnu11", "-O1", "-w", "-fPIC", "-fvisibility=hidden", "-I", ABI / "include",
             "-I", fixtures]
    adapter = folder / "adapter.c"
    adapter.write_text("#define ASSAY_SIMPLE_IMPLEMENTATION\n#define ASSAY_SIMPLE_LINKAGE\n"
                       '#include "assay_simple.h"\n')
    run("clang", *flags, "-c", adapter, "-o", folder / "adapter.o")
    run("clang", *flags, "-shared", "-pthread", f'-DFIXTURE_ID="{name}"', *defines, source,
        folder / "adapter.o", "-o", folder / f"{name}.so")
    manifest = folder / f"{name}.json"
    manifest.write_text(json.dumps({
        "id": name, "name": name, "file": f"{name}.so", "abi": "1.0", "version": "1.0.0",
        "licence": "Apache-2.0",
        "extensions": ["assay.memory/1", "assay.queue/1", "assay.op/1"], "onlyWhenNamed": True},
        indent=2) + "\n")
    return manifest


class Driver:
    """A running driver, pinned to its CPUs."""

    def __init__(self, path, cpus):
        self.cpus = cpus
        self.process = subprocess.Popen(
            [*prefix(len(cpus)), str(path), ",".join(str(c) for c in cpus)], stdin=subprocess.PIPE,
            stdout=subprocess.PIPE, text=True, bufsize=1)

    def ask(self, command):
        """The answer's words; stops where the driver refuses."""
        self.process.stdin.write(command + "\n")
        self.process.stdin.flush()
        answer = self.process.stdout.readline().split()
        if not answer or answer[0] != "ok":
            raise RuntimeError(f"{command}: {' '.join(answer[1:])}")
        return answer[1:]

    def rate(self, who):
        """Work per second of one sample: bytes/s or operations/s."""
        nanoseconds, work = self.ask(f"run {who}")
        return int(work) / int(nanoseconds) * 1e9

    def close(self):
        self.process.stdin.close()
        self.process.wait()


def likwid(test, size_bytes, threads, iterations):
    """(bytes/s or FLOP/s, seconds) of one run of likwid-bench; likwid pins by itself."""
    domain = f"S0:{max(1, size_bytes // 1000)}kB:{threads}"
    command = [*prefix(threads), "likwid-bench", "-t", test, "-w", domain, "-i", str(iterations)]
    environment = dict(os.environ, LC_ALL="C")
    text = subprocess.run(
        command, capture_output=True, text=True, env=environment, timeout=60).stdout
    seconds = re.search(r"^Time:\s+(\S+) sec", text, re.M)
    if not seconds:
        raise RuntimeError(f"likwid-bench -t {test} gave no time")
    flops = re.search(r"^MFlops/s:\s+(\S+)", text, re.M)
    moved = re.search(r"^MByte/s:\s+(\S+)", text, re.M)
    wanted = flops if test.startswith("peakflops") else moved
    return float(wanted.group(1)) * 1e6, float(seconds.group(1))


def likwid_iterations(test, size_bytes, threads, seconds):
    """Iterations that make likwid-bench's timed part about that long."""
    iterations = 10
    for _ in range(6):
        _, took = likwid(test, size_bytes, threads, iterations)
        if took >= 0.5 * seconds:
            break
        iterations = int(iterations * min(1000, max(2, seconds / max(took, 1e-6))))
    return iterations


def median(values):
    ordered = sorted(values)
    middle = len(ordered) // 2
    return ordered[middle] if len(ordered) % 2 else (ordered[middle - 1] + ordered[middle]) / 2


def interval(values, level):
    """An interval of the median from order statistics: no shape is assumed. None for too few."""
    ordered, n = sorted(values), len(values)
    below, covered = -1, 1.0
    tail = 0.0
    for k in range(n // 2):
        tail += math.comb(n, k) * 0.5 ** n
        if 1 - 2 * tail < level:
            break
        below, covered = k, 1 - 2 * tail
    return (ordered[below], ordered[n - 1 - below]) if below >= 0 and covered < 1 else None


def holds_within(found, bound, most):
    return bound <= found[0] and found[1] <= most


LOOKS = (10, 20, 50, 100, 200)


def compare(ours, theirs, pairs, bound, most=math.inf):
    """Alternates ours and theirs, up to `pairs` times; the ratio must lie from `bound` to `most`.

    Looks at 10, 20, 50 and 100 pairs and stops early only where the 99 % interval is clear of the
    bounds; the last look uses 95 %. Returns (median ratio, interval, pairs done, verdict, rates)."""
    ratios, mine, other = [], [], []
    found = None
    while len(ratios) < pairs:
        # The order alternates, so that what the first leaves behind favours neither.
        if len(ratios) % 2 == 0:
            a, b = ours(), theirs()
        else:
            b, a = theirs(), ours()
        ratios.append(a / b)
        mine.append(a)
        other.append(b)
        if len(ratios) in LOOKS and len(ratios) < pairs:
            found = interval(ratios, 0.99)
            if found and (holds_within(found, bound, most) or found[1] < bound
                          or found[0] > most):
                break
    else:
        found = interval(ratios, 0.95)
    holds = found is not None and holds_within(found, bound, most)
    return median(ratios), found, len(ratios), holds, (median(mine), median(other))


def show_row(cells, widths):
    print("  ".join(str(cell).ljust(width) for cell, width in zip(cells, widths)), flush=True)


def ratio_cells(result):
    ratio, found, pairs, holds, _ = result
    span = f"[{found[0]:.3f}, {found[1]:.3f}]" if found else "[too few]"
    return f"{ratio:.3f}", span, str(pairs), "holds" if holds else "not shown"


def cpus_for(threads):
    """The first CPUs of socket 0: likwid-bench's S0 means the same ones."""
    allowed = sorted(os.sched_getaffinity(0))
    if len(allowed) < threads:
        return None
    return allowed[:threads]
