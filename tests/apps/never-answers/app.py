"""Accepts every connection and never answers one."""

import signal
import socket
import sys

signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
listener = socket.create_server(("0.0.0.0", 3000))
print("listening on 3000")
held = []
while True:
    held.append(listener.accept())
