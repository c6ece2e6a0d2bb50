"""What one call of ``--run`` shares: its streams, its options and its context."""

from __future__ import annotations

import dataclasses
from typing import Any

from machete_tui.core.cancel import Cancel
from machete_tui.core.context import Context
from machete_tui.core.errors import Cancelled, MacheteError
from machete_tui.headless import diagnostics
from machete_tui.headless.arguments import Options
from machete_tui.headless.runner import Front, perform
from machete_tui.headless.signals import cancelling
from machete_tui.headless.streams import ReaderGone, Stream
from machete_tui.operations.registry import Operation

CANCELLING = "\ncancelling; cleaning up what was begun…\n"


class Session:
    """One call of ``--run``."""

    def __init__(self, out: Stream, err: Stream, options: Options) -> None:
        self.out = out
        self.err = err
        self.options = options
        self.front = Front(out, err, json=options.json)
        self.context: Context | None = None
        self.action = ""

    def use(self, options: Options) -> None:
        """Take options that were found later into account."""
        self.options = self.options.also(options)

    def one(self, operation: Operation, request: Any, cancel: Cancel) -> None:
        """Run one action, asking first where something is lost."""
        if operation.destroys or operation.changes:
            request = self._agreed(operation, request)
        say = CANCELLING if operation.changes and not self.options.json else ""
        with cancelling(cancel, say=say):
            perform(self.ready(), operation, request, self.front, cancel)

    def ready(self) -> Context:
        """Return the context, made when it is first needed."""
        if self.context is None:
            from machete_tui import context

            options = self.options
            self.context = (
                context.demo() if options.demo else context.live(debug=options.debug, host=options.host)
            )
        return self.context

    def production(self) -> bool:
        """Return whether the host that is operated is a production one."""
        return self.ready().settings.production

    def close(self) -> None:
        """Close what the context opened."""
        close = getattr(self.context, "close", None)
        if close is not None:
            close()

    def failed(self, error: BaseException) -> int:
        """Tell of a failure and log it; return the exit code."""
        told = self.explained(error)
        try:
            lines = self.front.lines or self.front.streamed
            if self.front.whole:  # a second document would spoil the first: it goes where progress goes
                return diagnostics.tell(told, self.err, self.err, json=True, lines=True)
            return diagnostics.tell(told, self.out, self.err, json=self.options.json, lines=lines)
        except (ReaderGone, OSError):
            return told.exit_code

    def explained(self, error: BaseException) -> MacheteError:
        """Log a failure and return it as one that can be told."""
        self.front.progress.end()
        told = diagnostics.expected(error, self._record(error))
        if isinstance(told, diagnostics.Unexpected) and self.options.debug:
            import traceback

            self.err.write("".join(traceback.format_exception(error)))
        return told

    def _record(self, error: BaseException) -> str:
        """Write a failure to the diagnostic log; return its path, or nothing when there is none."""
        known = isinstance(error, MacheteError)
        if isinstance(error, (Cancelled, KeyboardInterrupt)) or (known and self.context is None):
            return ""
        fields: dict[str, object] = {"action": self.action, "error": type(error).__name__}
        if not known:
            import traceback

            fields["traceback"] = "".join(traceback.format_exception(error))
        level = "warning" if known else "error"
        try:
            log = self.ready().log
            log.write(level, str(error) or type(error).__name__, **fields)
        except Exception:
            return ""
        return str(getattr(log, "path", ""))

    def _agreed(self, operation: Operation, request: Any) -> Any:
        from machete_tui.headless import confirm

        if confirm.needed(operation, request, yes=self.options.yes, production=self.production):
            where = confirm.where(self.ready().settings)
            if not confirm.can_ask(self.err):
                raise confirm.refuse(operation, request, where)
            confirm.ask(operation, request, self.err, where)
            if any(f.name == "yes" for f in dataclasses.fields(request)):
                return dataclasses.replace(request, yes=True)
        return request
