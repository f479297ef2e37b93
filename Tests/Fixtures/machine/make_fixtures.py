#!/usr/bin/env python3
"""Writes two machines that are not at hand, file by file, as their kernels would show them.

server:    bare metal, two packages of four cores with two threads each, two memory nodes,
           frequency driver with a folder-style boost switch, energy counters, sensor chips,
           one accelerator in two copies, batteries: none.
container: arm64, eight processors, a version 2 control group with 6 GiB and 1.5 processors;
           /sys/class/dmi and /sys/hypervisor are hidden.

The expected values in the tests follow from the numbers written here.
"""
import pathlib
import shutil

HERE = pathlib.Path(__file__).parent


class Tree:
    def __init__(self, name):
        self.root = HERE / name
        shutil.rmtree(self.root, ignore_errors=True)

    def put(self, path, text):
        file = self.root / path.lstrip("/")
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(str(text) + "\n")


SERVER_FLAGS = (
    "fpu sse sse2 ht pni ssse3 fma sse4_1 sse4_2 avx f16c avx2 avx512f avx512dq avx512cd "
    "avx512bw avx512vl avx512_vnni avx512_bf16 avx512_fp16 amx_bf16 amx_tile amx_int8")


def server():
    tree = Tree("server")
    blocks = []
    for cpu in range(16):
        package, core = (cpu // 4) % 2, cpu % 4
        blocks.append("\n".join([
            f"processor\t: {cpu}", "vendor_id\t: GenuineExample", "cpu family\t: 6",
            "model\t\t: 143", "model name\t: Example Server Processor 8490 @ 1.90GHz",
            "stepping\t: 8", "microcode\t: 0x2b000590", f"physical id\t: {package}",
            f"core id\t\t: {core}", "cpu cores\t: 4", "siblings\t: 8",
            f"flags\t\t: {SERVER_FLAGS}"]))
    tree.put("/proc/cpuinfo", "\n\n".join(blocks))
    tree.put("/proc/meminfo", "\n".join([
        "MemTotal:       527816072 kB", "MemFree:        510000000 kB",
        "MemAvailable:   520000000 kB", "SwapTotal:       8388604 kB",
        "SwapFree:        8388604 kB", "HugePages_Total:    1024", "HugePages_Free:     1024",
        "Hugepagesize:       2048 kB"]))
    tree.put("/proc/loadavg", "0.42 0.36 0.30 1/812 4242")
    tree.put("/proc/pressure/cpu",
             "some avg10=1.25 avg60=0.50 avg300=0.10 total=123456789\n"
             "full avg10=0.00 avg60=0.00 avg300=0.00 total=0")
    lines = ["cpu  1600 0 800 160000 320 0 16 0 0 0"]
    lines += [f"cpu{cpu} {100 + cpu} 0 50 10000 20 0 1 0 0 0" for cpu in range(16)]
    tree.put("/proc/stat", "\n".join(lines + ["intr 1 2 3", "ctxt 1", "btime 1700000000"]))
    tree.put("/proc/self/cgroup", "0::/user.slice/session-1.scope")
    tree.put("/proc/self/mountinfo",
             "30 24 0:26 / /sys/fs/cgroup rw,nosuid shared:4 - cgroup2 cgroup2 rw,nsdelegate")
    tree.put("/sys/fs/cgroup/user.slice/memory.max", "max")
    tree.put("/sys/fs/cgroup/user.slice/cpu.max", "max 100000")
    tree.put("/proc/sys/kernel/osrelease", "6.8.0-generic")
    tree.put("/proc/sys/kernel/version", "#1 SMP PREEMPT_DYNAMIC")
    tree.put("/proc/sys/kernel/random/boot_id", "11111111-2222-4333-8444-555555555555")
    tree.put("/proc/sys/kernel/randomize_va_space", 2)
    tree.put("/proc/sys/kernel/numa_balancing", 1)
    tree.put("/proc/sys/kernel/perf_event_paranoid", 4)
    tree.put("/etc/os-release", 'NAME="Example"\nPRETTY_NAME="Example Linux 24.04"\nID=example')
    tree.put("/sys/devices/system/clocksource/clocksource0/current_clocksource", "tsc")
    tree.put("/sys/kernel/mm/transparent_hugepage/enabled", "[always] madvise never")
    tree.put("/sys/kernel/mm/transparent_hugepage/defrag",
             "always defer defer+madvise [madvise] never")
    server_processors(tree)
    server_sensors(tree)


def server_processors(tree):
    cpus = "/sys/devices/system/cpu"
    tree.put(f"{cpus}/isolated", "2-3,10-11")
    tree.put(f"{cpus}/nohz_full", "(null)")
    tree.put(f"{cpus}/smt/active", 1)
    tree.put(f"{cpus}/smt/control", "on")
    tree.put(f"{cpus}/cpuidle/current_driver", "example_idle")
    tree.put(f"{cpus}/example_pstate/no_turbo", 0)
    for name, state in {
        "meltdown": "Not affected", "mds": "Not affected", "spectre_v1": "Mitigation: barriers",
        "spectre_v2": "Mitigation: Enhanced IBRS; BHI: Vulnerable",
        "tsx_async_abort": "Vulnerable", "retbleed": "Unknown: No mitigations",
    }.items():
        tree.put(f"{cpus}/vulnerabilities/{name}", state)
    for cpu in range(16):
        policy = f"{cpus}/cpufreq/policy{cpu}"
        for folder in (policy, f"{cpus}/cpu{cpu}/cpufreq"):
            tree.put(f"{folder}/scaling_cur_freq", 1900000 + cpu * 1000)
        tree.put(f"{policy}/scaling_driver", "example_pstate")
        tree.put(f"{policy}/scaling_governor", "powersave" if cpu == 10 else "performance")
        tree.put(f"{policy}/scaling_min_freq", 800000)
        tree.put(f"{policy}/scaling_max_freq", 3500000)
        tree.put(f"{policy}/cpuinfo_max_freq", 3500000)
        tree.put(f"{policy}/energy_performance_preference", "performance")
        tree.put(f"{cpus}/cpu{cpu}/topology/physical_package_id", (cpu // 4) % 2)
        tree.put(f"{cpus}/cpu{cpu}/thermal_throttle/core_throttle_count", cpu)
        tree.put(f"{cpus}/cpu{cpu}/thermal_throttle/package_throttle_count", 100 + cpu // 4 % 2)
    nodes = "/sys/devices/system/node"
    for node, other in ((0, "10 21"), (1, "21 10")):
        tree.put(f"{nodes}/node{node}/distance", other)
        tree.put(f"{nodes}/node{node}/meminfo",
                 f"Node {node} MemTotal:       263908036 kB\nNode {node} MemFree: 1 kB")


def server_sensors(tree):
    for zone, name, energy in (
            ("example-rapl:0", "package-0", 262143000000), ("example-rapl:0:0", "dram", 17),
            ("example-rapl:1", "package-1", 5)):
        folder = f"/sys/class/powercap/{zone}"
        tree.put(f"{folder}/name", name)
        tree.put(f"{folder}/energy_uj", energy)
        tree.put(f"{folder}/max_energy_range_uj", 262143328850)
    tree.put("/sys/class/powercap/example-rapl/enabled", 1)
    chip = "/sys/class/hwmon/hwmon0"
    tree.put(f"{chip}/name", "coretemp")
    tree.put(f"{chip}/temp1_input", 41000)
    tree.put(f"{chip}/temp1_label", "Package id 0")
    meter = "/sys/class/hwmon/hwmon1"
    tree.put(f"{meter}/name", "power_meter")
    tree.put(f"{meter}/power1_average", 312000000)
    tree.put(f"{meter}/power1_average_interval", 1000)
    tree.put("/sys/class/thermal/thermal_zone0/type", "x86_pkg_temp")
    tree.put("/sys/class/thermal/thermal_zone0/temp", 40000)
    tree.put("/sys/class/thermal/cooling_device0/type", "Processor")
    tree.put("/sys/class/dmi/id/sys_vendor", "Example Systems")
    tree.put("/sys/class/dmi/id/product_name", "Rack 2U")
    tree.put("/sys/class/dmi/id/bios_vendor", "Example Firmware")
    tree.put("/sys/class/dmi/id/bios_version", "2.1.7")
    tree.put("/sys/class/dmi/id/bios_date", "01/02/2024")
    devices = {
        "0000:17:00.0": ("0x030200", "0x1234", "0x5678"),
        "0000:65:00.0": ("0x030200", "0x1234", "0x5678"),
        "0000:98:00.0": ("0x020000", "0x1234", "0x1111"),
        "0000:98:00.1": ("0x020000", "0x1234", "0x2222"),
        "0000:99:00.0": ("0x010802", "0x1234", "0x3333"),
    }
    for address, (kind, vendor, device) in devices.items():
        folder = f"/sys/bus/pci/devices/{address}"
        for name, value in (("class", kind), ("vendor", vendor), ("device", device),
                            ("subsystem_vendor", "0x9999"), ("subsystem_device", "0x0001")):
            tree.put(f"{folder}/{name}", value)
    # A virtual function: it must not count as hardware.
    tree.put("/sys/bus/pci/devices/0000:98:00.1/physfn/class", "0x020000")
    for disk in ("nvme0n1", "nvme1n1"):
        tree.put(f"/sys/block/{disk}/device/model", "EXAMPLE DISK 3840G")
        tree.put(f"/sys/block/{disk}/removable", 0)
    tree.put("/sys/block/sda/device/model", "STICK")
    tree.put("/sys/block/sda/removable", 1)
    tree.put("/sys/class/power_supply/ACAD/type", "Mains")
    tree.put("/sys/class/power_supply/ACAD/online", 1)
    tree.put("/sys/class/power_supply/mouse/type", "Battery")
    tree.put("/sys/class/power_supply/mouse/scope", "Device")


def container():
    tree = Tree("container")
    features = ("fp asimd evtstrm aes atomics fphp asimdhp cpuid asimddp sve svei8mm svebf16 "
                "i8mm bf16")
    blocks = []
    for cpu in range(8):
        blocks.append("\n".join([
            f"processor\t: {cpu}", "BogoMIPS\t: 2100.00", f"Features\t: {features}",
            "CPU implementer\t: 0x41", "CPU architecture: 8", "CPU variant\t: 0x1",
            "CPU part\t: 0xd40", "CPU revision\t: 1"]))
    tree.put("/proc/cpuinfo", "\n\n".join(blocks))
    tree.put("/proc/meminfo", "\n".join([
        "MemTotal:       32506540 kB", "MemFree:        20000000 kB",
        "MemAvailable:   28000000 kB", "SwapTotal:              0 kB",
        "SwapFree:               0 kB", "HugePages_Total:       0", "Hugepagesize:    524288 kB"]))
    tree.put("/proc/loadavg", "3.10 2.00 1.00 5/300 77")
    # One CPU is offline: its line is missing.
    tree.put("/proc/stat", "\n".join(
        ["cpu  800 10 400 80000 10 5 5 250 20 0"]
        + [f"cpu{cpu} 100 1 50 10000 1 1 1 30 2 0" for cpu in (0, 1, 2, 4, 5, 6, 7)]
        + ["intr 1"]))
    tree.put("/proc/self/cgroup", "0::/")
    tree.put("/proc/self/mountinfo",
             "1 0 0:50 / / rw - overlay overlay rw,lowerdir=/x\n"
             "33 29 0:28 / /sys/fs/cgroup ro,nosuid,nodev - cgroup2 cgroup rw")
    group = "/sys/fs/cgroup"
    tree.put(f"{group}/memory.max", 6 << 30)
    tree.put(f"{group}/memory.current", 3 << 30)
    tree.put(f"{group}/memory.stat", f"anon 1\ninactive_file {1 << 30}\nactive_file 5")
    tree.put(f"{group}/cpu.max", "150000 100000")
    tree.put("/proc/sys/kernel/osrelease", "5.10.0-aarch64")
    tree.put("/proc/sys/kernel/randomize_va_space", 0)
    tree.put("/.dockerenv", "")


server()
container()
