"""The command line: which front, and nothing else."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from contextlib import suppress
from typing import NoReturn

from machete_tui import __version__
from machete_tui.core import starting

USAGE = """usage: machete-tui [--host NAME] [--demo] [--debug]
       machete-tui --run [ACTION … | FILE.yml | -] [--host NAME] [--json] [--yes] [--debug] [--demo]
       machete-tui --serve [--port 8765] [--bind ADDRESS --open-to-network] [--host NAME] [--demo]
       machete-tui --completion bash|zsh|fish
       machete-tui --version | --help

Without --run: the app, in this terminal.
  --run          one action, or a script of them, without a screen; alone, it lists the actions
  --serve        the app in a browser, on this machine's own address unless told otherwise
  --host         operate another host: its name (`--run host.list`), or ssh://, tcp:// or unix://
  --demo         on an in-memory engine with a believable fleet; no Docker needed
  --debug        write debug lines to the diagnostic log
  --completion   print the completion script of a shell
"""

SHELLS = ("bash", "zsh", "fish")


def command() -> NoReturn:
    """Run the front that this process's arguments ask for, and end the process with its exit code."""
    starting.begin()
    code = main()
    for stream in (sys.stdout, sys.stderr):
        with suppress(OSError, ValueError):
            stream.flush()
    os._exit(code)  # all is written and closed: taking the interpreter down costs 10 ms, the app's 200


def main(argv: Sequence[str] | None = None) -> int:
    """Run the front that the arguments ask for; return the exit code.

    Args:
        argv: without the program's name; the process's own when None.
    """
    words = list(sys.argv[1:] if argv is None else argv)
    try:
        return _main(words)
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        return 141


def _main(words: list[str]) -> int:
    before, run = _split(words)
    flags = set()
    valued: dict[str, str] = {}
    rest = iter(before)
    for word in rest:
        name, equals, value = word.partition("=")
        if word in ("--demo", "--debug", "--json", "--yes", "--serve", "--open-to-network"):
            flags.add(word[2:])
        elif word in ("--help", "-h") and run is None:
            print(USAGE, end="", flush=True)
            return 0
        elif word == "--version":
            print(f"machete-tui {__version__}", flush=True)
            return 0
        elif name == "--completion":
            return _completion(value or next(rest, ""))
        elif name in ("--host", "--port", "--bind"):
            valued[name] = value if equals else next(rest, "")
            if not valued[name] or valued[name].startswith("--"):
                return _wrong(f"{name} needs a value", "`machete-tui --help` shows how")
        elif word == "--complete":
            from machete_tui.headless.completion import candidates

            return candidates(list(rest))
        else:
            return _wrong(f"machete-tui knows no {word}", "`machete-tui --help` shows what there is")
    host = valued.pop("--host", "")
    odd = _misplaced(flags, valued, run is not None)
    if odd:
        return _wrong(odd, "`machete-tui --help` shows how")
    if run is not None:
        from machete_tui.headless.arguments import Options
        from machete_tui.headless.main import run as headless

        return headless(run, Options(**dict.fromkeys(flags, True), host=host))
    if "serve" in flags:
        from machete_tui.serve import serve

        starting.ready()
        passed = [f"--{name}" for name in ("demo", "debug") if name in flags]
        return serve(
            [*passed, *(["--host", host] if host else [])],
            port=valued.get("--port", ""),
            bind=valued.get("--bind", ""),
            open_to_network="open-to-network" in flags,
        )
    return _app(demo="demo" in flags, debug="debug" in flags, host=host)


def _misplaced(flags: set[str], valued: dict[str, str], run: bool) -> str:
    """Return what goes with another flag only, or nothing."""
    for name in sorted(flags & {"json", "yes"}):
        if not run:
            return f"--{name} goes with --run"
    for name in sorted({f"--{f}" for f in flags & {"serve", "open-to-network"}} | set(valued)):
        if run or ("serve" not in flags):
            return f"{name} goes with --serve" if name != "--serve" else "--serve does not go with --run"
    return ""


def _split(words: list[str]) -> tuple[list[str], list[str] | None]:
    """Return what stands before ``--run`` and what stands after it, None when there is no ``--run``."""
    for at, word in enumerate(words):
        if word == "--run":
            return words[:at], words[at + 1 :]
        if word.startswith("--run="):
            return words[:at], [word.removeprefix("--run="), *words[at + 1 :]]
    return words, None


def _completion(shell: str) -> int:
    if shell not in SHELLS:
        said = f"no shell {shell!r}" if shell else "which shell"
        return _wrong(f"--completion: {said}: {', '.join(SHELLS)}", "for example: --completion bash")
    from machete_tui.headless.completion import script

    print(script(shell), end="", flush=True)
    return 0


def _app(*, demo: bool, debug: bool, host: str) -> int:
    in_browser = os.environ.get("TEXTUAL_DRIVER", "") != ""
    if in_browser:
        _end_with_parent()
    else:
        if not (_tty(sys.stdin) and _tty(sys.stdout)):
            return _wrong("the app needs a terminal, and here is none", "use `machete-tui --run ACTION`")
        unfit = _unfit(os.environ.get("TERM", ""))
        if unfit:
            return _wrong(f"this terminal cannot show the app ({unfit})", "use `machete-tui --run`")
    from machete_tui.core.configured import load_config, settings_for
    from machete_tui.core.context import Context
    from machete_tui.core.errors import MacheteError
    from machete_tui.ui.prefetch import start

    config = load_config()
    try:
        settings = None if demo else settings_for(config, host, strict=False)
    except MacheteError as error:
        return _wrong(error.what, error.mend)

    def make() -> Context:
        from machete_tui import context

        return context.demo() if demo else context.live(settings, debug=debug)

    def other(name: str) -> Context:
        from machete_tui import context

        return context.live(settings_for(load_config(), name, strict=False), debug=debug)

    first = start(make)  # the list is read while Textual is imported
    from machete_tui.app import run

    return run(
        make,
        demo=demo,
        prefetch=first,
        config=config,
        other_host=None if demo else other,
        welcome=not demo and not in_browser,
    )


def _end_with_parent() -> None:
    """Ask the kernel to end this process with the one that serves its page, however that ends."""
    import ctypes
    import signal

    pr_set_pdeathsig = 1
    ctypes.CDLL(None).prctl(pr_set_pdeathsig, signal.SIGTERM)


def _unfit(term: str) -> str:
    """Return why a terminal of this kind cannot show the app, or nothing.

    Names that the system knows nothing of are refused, unless they say that they are of a known family.
    """
    if term in ("", "dumb", "unknown"):
        return "TERM is not set, or dumb" if term != "unknown" else "TERM is unknown"
    family = term.partition("-")[0].rstrip("0123456789")
    if family in _FAMILIES or "color" in term:
        return ""
    import curses

    try:
        curses.setupterm(term, 1)
    except curses.error:
        return f"TERM is {term}, which this system does not know"
    return "" if curses.tigetstr("cup") else f"TERM is {term}, which cannot move its cursor"


_FAMILIES = frozenset(
    {"xterm", "screen", "tmux", "linux", "rxvt", "alacritty", "kitty", "foot", "wezterm", "ghostty"}
    | {"konsole", "vt", "vte", "st", "putty", "ansi"}
)
"""Kinds of terminals that need no look into the system's list."""


def _tty(stream: object) -> bool:
    try:
        return bool(stream is not None and stream.isatty())  # type: ignore[attr-defined]
    except ValueError:
        return False


def _wrong(what: str, mend: str) -> int:
    if sys.stderr is not None:
        print(f"Invalid input: {what}; {mend}", file=sys.stderr)
    return 2
