"""Prints colours, cursor moves, titles, bells and broken UTF-8."""

import signal
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

VERSION = Path(__file__).with_name("VERSION").read_text().strip()


class Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        body = ("ok\n" if self.path == "/health" else f"noisy {VERSION}\n").encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
NOISE = (
    b"\x1b[31mred\x1b[0m and \x1b[1;5mblinking\x1b[0m\n",
    b"\x1b[2J\x1b[H\x1b[?1049hthe screen is gone\n",
    b"\x1b]0;a title of my own\x07a bell \x07\n",
    b"\x1b]52;c;bm90IHlvdXJz\x07clipboard\n",
    b"\x1bP1;2|device control\x1b\\\n",
    b"10 %\r20 %\r30 %\n",
    b"\xff\xfe broken \xc3\x28 utf-8\n",
    b"\x9b31mone-byte control\x00\x08\n",
    b"x" * 100_000 + b"\n",
)
for line in NOISE:
    sys.stdout.buffer.write(line)
sys.stdout.buffer.flush()
print("listening on 3000", flush=True)
ThreadingHTTPServer(("0.0.0.0", 3000), Handler).serve_forever()
