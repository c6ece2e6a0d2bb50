"""The command line: which front, and nothing else."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence

from machete_tui import __version__

USAGE = """usage: machete-tui [--demo] [--debug]
       machete-tui --run [ACTION … | FILE.yml | -] [--json] [--yes] [--debug] [--demo]
       machete-tui --completion bash|zsh|fish
       machete-tui --version | --help

Without --run: the app, in this terminal.
  --run          one action, or a script of them, without a screen; alone, it lists the actions
  --demo         on an in-memory engine with a believable fleet; no Docker needed
  --debug        write debug lines to the diagnostic log
  --completion   print the completion script of a shell
"""

SHELLS = ("bash", "zsh", "fish")


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
    rest = iter(before)
    for word in rest:
        name, _, value = word.partition("=")
        if word in ("--demo", "--debug", "--json", "--yes"):
            flags.add(word[2:])
        elif word in ("--help", "-h") and run is None:
            print(USAGE, end="", flush=True)
            return 0
        elif word == "--version":
            print(f"machete-tui {__version__}", flush=True)
            return 0
        elif name == "--completion":
            return _completion(value or next(rest, ""))
        elif word == "--complete":
            from machete_tui.headless.completion import candidates

            return candidates(list(rest))
        else:
            return _wrong(f"machete-tui knows no {word}", "`machete-tui --help` shows what there is")
    if run is not None:
        from machete_tui.headless.arguments import Options
        from machete_tui.headless.main import run as headless

        return headless(run, Options(**dict.fromkeys(flags, True)))
    if flags & {"json", "yes"}:
        return _wrong(f"--{min(flags & {'json', 'yes'})} goes with --run", "`machete-tui --help` shows how")
    return _app(demo="demo" in flags, debug="debug" in flags)


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


def _app(*, demo: bool, debug: bool) -> int:
    if not (_tty(sys.stdin) and _tty(sys.stdout)):
        return _wrong("the app needs a terminal, and here is none", "use `machete-tui --run ACTION`")
    if os.environ.get("TERM", "") in ("", "dumb"):
        return _wrong(
            "this terminal cannot show the app (TERM is not set, or dumb)", "use `machete-tui --run`"
        )
    from machete_tui.core.context import Context
    from machete_tui.ui.prefetch import start

    def make() -> Context:
        from machete_tui import context

        return context.demo() if demo else context.live(debug=debug)

    first = start(make)  # the list is read while Textual is imported
    from machete_tui.app import run

    code = run(make, demo=demo, prefetch=first)
    for stream in (sys.stdout, sys.stderr):
        stream.flush()
    os._exit(code)  # the terminal is restored and all is written: taking the interpreter down costs 200 ms


def _tty(stream: object) -> bool:
    try:
        return bool(stream is not None and stream.isatty())  # type: ignore[attr-defined]
    except ValueError:
        return False


def _wrong(what: str, mend: str) -> int:
    if sys.stderr is not None:
        print(f"Invalid input: {what}; {mend}", file=sys.stderr)
    return 2
