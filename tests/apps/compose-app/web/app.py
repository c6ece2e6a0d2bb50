"""Counts visits in Redis, spoken to over a plain socket."""

import os
import signal
import socket
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

HERE = Path(__file__).parent
VERSION = (HERE / "VERSION").read_text().strip()


def redis(*words):
    """Send one command to Redis and return its first line of answer without the type mark."""
    request = f"*{len(words)}\r\n" + "".join(f"${len(w)}\r\n{w}\r\n" for w in words)
    with socket.create_connection((os.environ["REDIS_HOST"], 6379), timeout=3) as link:
        link.sendall(request.encode())
        return link.recv(200).decode().splitlines()[0][1:]


class Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        status = 200
        try:
            if self.path == "/":
                body = f"compose-app {VERSION}, {os.environ['GREETING']}, visit {redis('INCR', 'visits')}\n"
            elif self.path == "/about":
                body = (HERE / "pages" / "about.txt").read_text()
            elif self.path == "/health":
                body = redis("PING") + "\n"
            else:
                status, body = 404, "not found\n"
        except OSError as error:
            status, body = 503, f"{error}\n"
        data = body.encode()
        self.send_response(status)
        self.send_header("Content-Type", "text/plain")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)


signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
ThreadingHTTPServer(("0.0.0.0", 8000), Handler).serve_forever()
