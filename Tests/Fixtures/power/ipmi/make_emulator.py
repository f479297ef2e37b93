#!/usr/bin/env python3
"""Writes simulator.emu: the controller that OpenIPMI's ipmi_sim plays in the tests.

It has two sensors: "Pwr Consumption", 4 W a step, and "Inlet Temp" in degrees Celsius. The files
*.txt beside it are what ipmitool 1.8.19 and FreeIPMI 1.6.10 printed when asked for its power, with
dcmi_module.c loaded.
"""
import pathlib

OTHER_UNITS, TEMPERATURE, WATTS, CELSIUS = 0x0b, 0x01, 6, 1


def record(number, name, kind, unit, factor):
    """A full sensor record, by table 43-1 of the IPMI 2.0 specification."""
    body = bytes([
        0x20, 0, number, 7, 1, 0x7f, 0x68, kind, 0x01, *[0] * 6, 0x00, unit, 0, 0, factor, 0, 0, 0,
        0, 0, 0, 0, 0, 0, 255, 0, *[0] * 6, 0, 0, 0, 0, 0, 0xc0 | len(name)]) + name.encode()
    return bytes([number, 0, 0x51, 0x01, len(body)]) + body


def sensor(number, name, kind, unit, factor, value):
    none = "0" * 15
    hexes = " ".join(f"0x{byte:02x}" for byte in record(number, name, kind, unit, factor))
    return [
        f"main_sdr_add 0x20 {hexes}",
        f"sensor_add 0x20 0 {number} 0x{kind:02x} 0x01",
        f"sensor_set_event_support 0x20 0 {number} enable scanning per-state {none} {none} {none} {none}",
        f"sensor_set_value 0x20 0 {number} {value} 0",
    ]


if __name__ == "__main__":
    lines = [
        "mc_setbmc 0x20",
        "mc_add 0x20 0 no-device-sdrs 0x23 9 8 0x9f 0x1291 0xf02 persist_sdr",
        "sel_enable 0x20 1000 0x0a",
        *sensor(1, "Pwr Consumption", OTHER_UNITS, WATTS, 4, 49),
        *sensor(2, "Inlet Temp", TEMPERATURE, CELSIUS, 1, 23),
        "mc_enable 0x20",
    ]
    text = "\n".join(lines) + "\n"
    (pathlib.Path(__file__).parent / "simulator.emu").write_text(text, encoding="ascii")
