"""Works without ever listening on a port."""

import signal
import sys
import time
from pathlib import Path

VERSION = Path(__file__).with_name("VERSION").read_text().strip()

signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
while True:
    print(f"worker-only {VERSION}", flush=True)
    time.sleep(1)
