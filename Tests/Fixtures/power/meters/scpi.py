#!/usr/bin/env python3
"""A power meter that speaks SCPI over TCP, for tests: scpi.py PORTFILE [FAULT].

Binds a free port of the loopback device and writes its number to PORTFILE. Answers *IDN?,
MEAS:POW? (230.5 W, then 1 W more each time) and INTEG:ENER? (1.5 Wh, then 0.25 Wh more each
time). FAULT is what goes wrong from the third measurement on:
silent, garbage, nan, negative, absurd, hangup, endless.
"""
import os
import socketserver
import sys

FAULT = sys.argv[2] if len(sys.argv) > 2 else "none"
FAULTS = {"garbage": "ERR -113", "nan": "9.91E+37", "negative": "-3.25E+00", "absurd": "1.0E+09"}
STATE = {"count": 0, "watts": 230.5, "energy": 1.5}


class Meter(socketserver.StreamRequestHandler):
    def handle(self):
        for line in self.rfile:
            question = line.decode("ascii").strip()
            if question == "*IDN?":
                self.say("Example Instruments,PM-1,0001,1.0")
                continue
            if question not in ("MEAS:POW?", "INTEG:ENER?"):
                self.say("-113,\"Undefined header\"")
                continue
            STATE["count"] += 1
            is_power = question == "MEAS:POW?"
            value = f"{STATE['watts' if is_power else 'energy']:.6E}"
            STATE["watts" if is_power else "energy"] += 1 if is_power else 0.25
            if STATE["count"] >= 3 and FAULT != "none":
                if FAULT == "silent":
                    continue
                if FAULT == "hangup":
                    return
                if FAULT == "endless":
                    self.wfile.write(b"7" * 100_000)
                    continue
                value = FAULTS[FAULT]
            self.say(value)

    def say(self, text):
        self.wfile.write(text.encode("ascii") + b"\r\n")


class Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True


with Server(("127.0.0.1", 0), Meter) as server:
    with open(sys.argv[1] + ".new", "w", encoding="ascii") as file:
        file.write(str(server.server_address[1]))
    os.rename(sys.argv[1] + ".new", sys.argv[1])
    server.serve_forever()
