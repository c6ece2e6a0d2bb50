"""``machete-tui --run``: from words to an exit code."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from machete_tui.core import starting
from machete_tui.core.cancel import Cancel
from machete_tui.headless import diagnostics
from machete_tui.headless.arguments import GLOBAL, VALUED, Options, build, parse, take_host
from machete_tui.headless.session import Session
from machete_tui.headless.streams import ReaderGone, standard
from machete_tui.operations import registry


def run(words: Sequence[str], given: Options | None = None) -> int:
    """Run one action, a script, or list the actions; return the exit code.

    Args:
        words: what stands after ``--run``.
        given: options that stood before it.
    """
    options = given or Options()
    session = Session(*standard(), options.also(_peek(words)))
    try:
        left, host = take_host(words)
        session.use(Options(host=host))
        starting.ready()
        return _dispatch(session, left)
    except ReaderGone:
        return diagnostics.READER_GONE
    except (SystemExit, GeneratorExit):
        raise
    except BaseException as error:
        return session.failed(error)
    finally:
        session.close()


def _dispatch(session: Session, words: list[str]) -> int:
    first = next((w for w in words if not w.startswith("-") or w == "-"), "")
    if not first:
        return _list(session, words)
    words.remove(first)
    if first == "-" or first.endswith((".yml", ".yaml")) or "/" in first:
        from machete_tui.headless import script

        return script.run(first, words, session)
    session.action = first
    operation = registry.find(first)
    values, options = parse(operation, words)
    session.use(options)
    if session.options.help:
        from machete_tui.headless.help import explain

        session.out.write(explain(operation, session.out.width))
        return diagnostics.OK
    session.one(operation, build(operation, values, session.options), Cancel())
    return diagnostics.OK


def _list(session: Session, words: Sequence[str]) -> int:
    from machete_tui.core.errors import InvalidInput
    from machete_tui.headless.help import actions, actions_data
    from machete_tui.headless.render import as_json

    strange = [w for w in words if w.removeprefix("--") not in GLOBAL and w != "-h"]
    if strange:
        mend = "an action comes first: --run ACTION"
        raise InvalidInput(f"--run knows no {strange[0]}", mend, field=strange[0])
    every = registry.every()
    if session.options.json:
        session.out.write(as_json(actions_data(every), session.out, indent=2))
    else:
        session.out.write(actions(every, session.out.width))
    return diagnostics.OK


def _peek(words: Sequence[str]) -> Options:
    """Return the options among ``words`` before they are parsed, so that an early error is told rightly."""
    flags = words[: list(words).index("--")] if "--" in words else words
    given: dict[str, Any] = {name: f"--{name}" in flags for name in GLOBAL if name not in ("help", *VALUED)}
    return replace(Options(), **given)
