"""``python -m tests.rig up|down|status|images|programs|purge``."""

from __future__ import annotations

import sys

from machete_tui.core.errors import MacheteError
from tests.rig import images, packages
from tests.rig.commands import RigError
from tests.rig.rig import Rig

USAGE = """usage: python -m tests.rig COMMAND

up       bring the Engine up, and make the base images that are missing
down     stop it; its images stay
status   say what is there
images   make the base images that are missing (the Engine is brought up)
programs install what tests run themselves: Git, shells, an SSH server, a browser; no Engine
purge    remove the rig with all that it keeps"""


def main(words: list[str]) -> int:
    """Run one command; return the exit code."""
    command = words[0] if len(words) == 1 else ""
    rig = Rig()
    try:
        if command in ("up", "images"):
            rig.up(say)
            rig.keep_up()
            say(_how(rig))
        elif command == "programs":
            packages.install_only(packages.EXTRA, say)
        elif command == "down":
            rig.down()
        elif command == "purge":
            rig.purge()
        elif command == "status":
            return _status(rig)
        else:
            print(USAGE, file=sys.stderr)
            return 2
    except (RigError, MacheteError) as error:
        print(f"rig: {error}", file=sys.stderr)
        return 1
    return 0


def say(line: str) -> None:
    """Say one line of progress."""
    print(f"rig: {line}", file=sys.stderr, flush=True)


def _how(rig: Rig) -> str:
    return f"use it: nsenter --net={rig.main.namespace} env DOCKER_HOST={rig.main.host} COMMAND"


def _status(rig: Rig) -> int:
    if not rig.main.pid:
        print(f"down; {rig.places.root}")
        return 1
    lacking = images.missing(rig.main)
    print(f"up, process {rig.main.pid}; {rig.main.host}; {rig.places.root}")
    print(f"base images missing: {', '.join(lacking) or 'none'}")
    print(_how(rig))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
