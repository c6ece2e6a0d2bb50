"""Ends as soon as it is started."""

import sys

print("reading the configuration", flush=True)
sys.exit("fatal: the configuration says no")
