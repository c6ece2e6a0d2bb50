"""A pretended shell in a pretended container: what ``e`` opens in ``--demo``.

python -m machete_tui.engines.memory_prompt CONTAINER [COMMAND]
"""

from __future__ import annotations

import os
import sys

from machete_tui.engines.memory_shell import script


def main(container: str) -> int:
    """Read statements until ``exit`` or the end of the input; return the last one's exit code."""
    print(f"A pretended shell in {container}: it knows echo, printenv and exit.", flush=True)
    code = 0
    while True:
        try:
            line = input(f"{container}:/# ").strip()
            if not line:
                continue
            done = script(("sh", "-c", line), dict(os.environ))
            for printed in done.lines:
                print(printed.text, flush=True)
            code = done.code
            if line.split()[0] == "exit":
                return code
            if done.ends is None:
                print(f"sh: {line.split()[0]}: not found", flush=True)
        except EOFError:
            print()
            return code
        except KeyboardInterrupt:
            print()


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:2]))
