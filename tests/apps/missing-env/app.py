"""Does not start without SECRET_TOKEN."""

import os
import signal
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

VERSION = Path(__file__).with_name("VERSION").read_text().strip()


class Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        body = ("ok\n" if self.path == "/health" else f"missing-env {VERSION}\n").encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
if not os.environ.get("SECRET_TOKEN"):
    sys.exit("fatal: the environment variable SECRET_TOKEN is missing")
print("listening on 3000", flush=True)
ThreadingHTTPServer(("0.0.0.0", 3000), Handler).serve_forever()
