"""Answers, and after 10 seconds exits with 3."""

import os
import signal
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Timer

VERSION = Path(__file__).with_name("VERSION").read_text().strip()


class Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        body = ("ok\n" if self.path == "/health" else f"crash-after-10s {VERSION}\n").encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))


def crash():
    print("fatal: ten seconds are over", file=sys.stderr, flush=True)
    os._exit(3)


timer = Timer(10, crash)
timer.daemon = True
timer.start()
print("listening on 3000", flush=True)
ThreadingHTTPServer(("0.0.0.0", 3000), Handler).serve_forever()
