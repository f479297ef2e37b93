#!/usr/bin/env python3
"""Writes mockup/: a Redfish service for sushy-static, shaped as DMTF's published mock-ups are.

Chassis "1U" tells its power the old way (Power.PowerControl), "Blade" the new way
(EnvironmentMetrics.PowerWatts), "Shelf" not at all, and "Mute" with a null.
"""
import json
import pathlib
import shutil

ROOT = pathlib.Path(__file__).resolve().parent / "mockup"


def link(path):
    return {"@odata.id": "/redfish/v1" + path}


def power(*watts):
    return {
        "@odata.type": "#Power.v1_5_0.Power", "Id": "Power", "Name": "Power",
        "PowerControl": [
            {"MemberId": str(i), "Name": "System Input Power", "PowerConsumedWatts": w,
             "PowerCapacityWatts": 800, "PowerMetrics": {
                 "IntervalInMin": 30, "MinConsumedWatts": 271, "MaxConsumedWatts": 489,
                 "AverageConsumedWatts": 319}}
            for i, w in enumerate(watts)],
    }


DOCUMENTS = {
    "": {"@odata.type": "#ServiceRoot.v1_9_0.ServiceRoot", "Id": "RootService",
         "Chassis": link("/Chassis")},
    "Chassis": {"Members@odata.count": 4, "Members": [
        link("/Chassis/1U"), link("/Chassis/Blade"), link("/Chassis/Shelf"), link("/Chassis/Mute")]},
    "Chassis/1U": {"Id": "1U", "ChassisType": "RackMount", "Power": link("/Chassis/1U/Power")},
    "Chassis/1U/Power": power(344, 120.5),
    "Chassis/Blade": {
        "Id": "Blade", "ChassisType": "Blade", "Power": link("/Chassis/Blade/Power"),
        "EnvironmentMetrics": link("/Chassis/Blade/EnvironmentMetrics")},
    "Chassis/Blade/Power": power(1),
    "Chassis/Blade/EnvironmentMetrics": {
        "Id": "EnvironmentMetrics", "PowerWatts": {
            "DataSourceUri": "/redfish/v1/Chassis/Blade/Sensors/TotalPower", "Reading": 374.75},
        "EnergykWh": {"Reading": 7855}},
    "Chassis/Shelf": {"Id": "Shelf", "ChassisType": "Shelf"},
    "Chassis/Mute": {"Id": "Mute", "ChassisType": "Blade", "Power": link("/Chassis/Mute/Power")},
    "Chassis/Mute/Power": power(None),
}

if __name__ == "__main__":
    shutil.rmtree(ROOT, ignore_errors=True)
    for path, document in DOCUMENTS.items():
        file = ROOT / path / "index.json"
        file.parent.mkdir(parents=True, exist_ok=True)
        document = {"@odata.id": "/redfish/v1/" + path, "Name": path or "Root", **document}
        file.write_text(json.dumps(document, indent=2, sort_keys=True) + "\n", encoding="ascii")
