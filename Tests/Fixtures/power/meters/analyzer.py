#!/usr/bin/env python3
"""A daemon beside a power analyzer, for tests: analyzer.py PORTFILE [FAULT].

Binds a free port of the loopback device and writes its number to PORTFILE. Answers Identify;
after Go,<milliseconds>,0 sends a line of samples each period, 100.5 W and 1 W more each time,
until Stop. FAULT: refuse (an error instead of samples), garbage (the third sample has no number),
hangup (after the second sample).
"""
import os
import socketserver
import sys
import threading
import time

FAULT = sys.argv[2] if len(sys.argv) > 2 else "none"


class Daemon(socketserver.StreamRequestHandler):
    def handle(self):
        self.going = False
        for line in self.rfile:
            words = line.decode("ascii").strip().split(",")
            if words[0] == "Identify":
                self.say("Example Analyzer,1.0,version=1.10.0,OS=any")
            elif words[0] == "Go" and FAULT == "refuse":
                self.say("Error: no analyzer is connected")
            elif words[0] == "Go":
                self.going = True
                self.say("Starting untimed measurement")
                threading.Thread(target=self.samples, args=(int(words[1]) / 1000,)).start()
            elif words[0] == "Stop":
                self.going = False
                self.say("Stopping untimed measurement")

    def samples(self, period):
        for count in range(10_000):
            if not self.going:
                return
            watts = "overload" if FAULT == "garbage" and count == 2 else 100.5 + count
            try:
                self.say(f"Time,11-22-2026 01:02:{count % 60:02}.000,Watts,{watts},Volts,229.9,"
                         "Amps,0.45,PF,0.97,Mark,notset")
            except OSError:
                return
            if FAULT == "hangup" and count == 1:
                self.connection.shutdown(2)
                return
            time.sleep(period)

    def say(self, text):
        self.wfile.write(text.encode("ascii") + b"\r\n")


class Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True


with Server(("127.0.0.1", 0), Daemon) as server:
    with open(sys.argv[1] + ".new", "w", encoding="ascii") as file:
        file.write(str(server.server_address[1]))
    os.rename(sys.argv[1] + ".new", sys.argv[1])
    server.serve_forever()
