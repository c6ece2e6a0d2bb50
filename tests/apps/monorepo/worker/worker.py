"""Says every second that it is there."""

import signal
import sys
import time
from pathlib import Path

VERSION = Path(__file__).with_name("VERSION").read_text().strip()

signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
while True:
    print(f"monorepo worker {VERSION}", flush=True)
    time.sleep(1)
