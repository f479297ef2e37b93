#!/usr/bin/env python3
"""Writes the sensor trees of the tests below the directory it stands in.

Layouts, names and orders of magnitude are those of the machines named in MACHINES; the numbers
are chosen so that every file has another value. The same files come out every time.
"""
import pathlib
import shutil

HERE = pathlib.Path(__file__).resolve().parent
MACHINES = {
    # A mobile processor of the one maker: package, cores, graphics, memory, platform, battery;
    # its package is shown a second time by the driver for memory-mapped registers.
    "laptop": {
        "sys/class/powercap/intel-rapl/enabled": 1,
        "sys/class/powercap/intel-rapl:0/name": "package-0",
        "sys/class/powercap/intel-rapl:0/energy_uj": 262143328800,
        "sys/class/powercap/intel-rapl:0/max_energy_range_uj": 262143328850,
        "sys/class/powercap/intel-rapl:0:0/name": "core",
        "sys/class/powercap/intel-rapl:0:0/energy_uj": 18446744,
        "sys/class/powercap/intel-rapl:0:0/max_energy_range_uj": 262143328850,
        "sys/class/powercap/intel-rapl:0:1/name": "uncore",
        "sys/class/powercap/intel-rapl:0:1/energy_uj": 1234567,
        "sys/class/powercap/intel-rapl:0:1/max_energy_range_uj": 262143328850,
        "sys/class/powercap/intel-rapl:0:2/name": "dram",
        "sys/class/powercap/intel-rapl:0:2/energy_uj": 7654321,
        "sys/class/powercap/intel-rapl:0:2/max_energy_range_uj": 65712999613,
        "sys/class/powercap/intel-rapl:1/name": "psys",
        "sys/class/powercap/intel-rapl:1/energy_uj": 99887766,
        "sys/class/powercap/intel-rapl:1/max_energy_range_uj": 262143328850,
        "sys/class/powercap/intel-rapl-mmio/enabled": 1,
        "sys/class/powercap/intel-rapl-mmio:0/name": "package-0",
        "sys/class/powercap/intel-rapl-mmio:0/energy_uj": 262143328801,
        "sys/class/powercap/intel-rapl-mmio:0/max_energy_range_uj": 262143328850,
        "sys/class/power_supply/ADP1/type": "Mains",
        "sys/class/power_supply/ADP1/online": 0,
        "sys/class/power_supply/BAT0/type": "Battery",
        "sys/class/power_supply/BAT0/status": "Discharging",
        "sys/class/power_supply/BAT0/power_now": 11520000,
        "sys/class/power_supply/BAT1/type": "Battery",
        "sys/class/power_supply/BAT1/status": "Discharging",
        "sys/class/power_supply/BAT1/current_now": -500000,
        "sys/class/power_supply/BAT1/voltage_now": 12000000,
        "sys/class/power_supply/mouse/type": "Battery",
        "sys/class/power_supply/mouse/scope": "Device",
        "sys/class/power_supply/mouse/status": "Discharging",
    },
    # Two processors of the other maker: package and cores each, through the same driver; its own
    # energy driver beside; a graphics card, a firmware meter and a board's shunt.
    "server": {
        "sys/class/powercap/intel-rapl:0/name": "package-0",
        "sys/class/powercap/intel-rapl:0/energy_uj": 65532610987,
        "sys/class/powercap/intel-rapl:0/max_energy_range_uj": 65532610987,
        "sys/class/powercap/intel-rapl:0:0/name": "core",
        "sys/class/powercap/intel-rapl:0:0/energy_uj": 1000,
        "sys/class/powercap/intel-rapl:0:0/max_energy_range_uj": 65532610987,
        "sys/class/powercap/intel-rapl:1/name": "package-1",
        "sys/class/powercap/intel-rapl:1/energy_uj": 2000,
        "sys/class/powercap/intel-rapl:1/max_energy_range_uj": 65532610987,
        "sys/class/powercap/intel-rapl:1:0/name": "core",
        "sys/class/powercap/intel-rapl:1:0/energy_uj": 3000,
        "sys/class/powercap/intel-rapl:1:0/max_energy_range_uj": 65532610987,
        "sys/class/hwmon/hwmon0/name": "k10temp",
        "sys/class/hwmon/hwmon0/temp1_input": 41000,
        "sys/class/hwmon/hwmon1/name": "amd_energy",
        "sys/class/hwmon/hwmon1/energy1_input": 123456789,
        "sys/class/hwmon/hwmon1/energy1_label": "Ecore000",
        "sys/class/hwmon/hwmon1/energy2_input": 987654321,
        "sys/class/hwmon/hwmon1/energy2_label": "Esocket0",
        "sys/class/hwmon/hwmon2/name": "power_meter",
        "sys/class/hwmon/hwmon2/power1_average": 312000000,
        "sys/class/hwmon/hwmon2/power1_average_interval": 1000,
        "sys/class/hwmon/hwmon2/power1_accuracy": "97.5%",
        "sys/class/hwmon/hwmon3/name": "amdgpu",
        "sys/class/hwmon/hwmon3/power1_average": 38000000,
        "sys/class/hwmon/hwmon3/power1_input": 39000000,
        "sys/class/hwmon/hwmon3/power1_label": "slowPPT",
        "sys/class/hwmon/hwmon3/device/class": "0x030000",
        "sys/class/hwmon/hwmon10/name": "ina226",
        "sys/class/hwmon/hwmon10/power1_input": 4250000,
        "sys/class/hwmon/hwmon10/update_interval": 35,
    },
    # Sensors that lie, in each way that one was seen to.
    "broken": {
        "sys/class/powercap/driver:0/name": "package-0",
        "sys/class/powercap/driver:0/energy_uj": -5,
        "sys/class/powercap/driver:1/name": "package-1",
        "sys/class/powercap/driver:1/energy_uj": "not a number",
        "sys/class/powercap/driver:2/name": "package-2",
        "sys/class/powercap/driver:2/energy_uj": 900,
        "sys/class/powercap/driver:2/max_energy_range_uj": 800,
        "sys/class/hwmon/hwmon0/name": "shunt",
        "sys/class/hwmon/hwmon0/power1_input": 9000000000000,
        "sys/class/hwmon/hwmon0/power2_input": -3000000,
        "sys/class/hwmon/hwmon0/power3_input": "",
        "sys/class/power_supply/BAT0/type": "Battery",
        "sys/class/power_supply/BAT0/status": "Charging",
        "sys/class/power_supply/BAT0/power_now": 30000000,
        "sys/class/power_supply/BAT1/type": "Battery",
        "sys/class/power_supply/BAT1/status": "Discharging",
    },
    # A virtual machine: the folders are there, and nothing in them.
    "virtual": {
        "sys/class/powercap/dtpm/enabled": 1,
        "sys/class/hwmon/hwmon0/name": "acpitz",
        "sys/class/hwmon/hwmon0/temp1_input": 27800,
    },
}

if __name__ == "__main__":
    for machine, files in MACHINES.items():
        shutil.rmtree(HERE / machine, ignore_errors=True)
        for path, value in files.items():
            file = HERE / machine / path
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(f"{value}\n", encoding="ascii")
