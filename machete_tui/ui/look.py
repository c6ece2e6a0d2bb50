"""What the configuration says of the app: theme, keys, and what is wrong in it. Mixed into the app."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import suppress
from typing import TYPE_CHECKING

from textual.app import App
from textual.notifications import SeverityLevel

from machete_tui.ui.jobs import Job
from machete_tui.ui.shell import Shell
from machete_tui.ui.themes import THEMES, named

if TYPE_CHECKING:
    from machete_tui.core.config import Config


class Look(Shell):
    """The part of the app that follows the operator's taste, and says what it says only once."""

    _config: Config | None = None

    def get_theme_variable_defaults(self) -> dict[str, str]:
        """Return values for what themes other than our own do not set."""
        return {"quiet": "#808a99"}

    def put_on(self, config: Config | None) -> None:
        """Register the themes and take the configured one and its keys; before the first paint."""
        self._config = config
        for theme in THEMES:
            self.register_theme(theme)
        chosen = named(config.theme) if config else THEMES[0]
        # Without the watcher, which would read all the style sheets a second time at the start.
        self.set_reactive(App.theme, chosen.name)
        self.stylesheet.set_variables(self.get_css_variables())
        if config is not None and (config.keys or config.preset != "default"):
            from machete_tui.core.keymap import of_preset

            self.set_keymap({**of_preset(config.preset), **config.keys})

    def paint_again(self) -> None:
        """Paint everything: the shell wrote over it while the app was suspended."""
        self.refresh(layout=True)
        for widget in self.screen.walk_children():
            widget.refresh()

    def tell_mistakes(self) -> None:
        """Say what is wrong in the configuration, the first things in a toast and all of them in the list."""
        config = self._config
        if config is None or not config.mistakes:
            return
        for mistake in config.mistakes:
            self.record(f"{config.path.name} {mistake}", "Configuration", "warning")
        more = len(config.mistakes) - 1
        rest = f"\n… and {more} more: M lists them" if more else ""
        locked = "\nNothing can be changed until it is mended." if config.unreadable else ""
        said = f"{config.path.name} {config.mistakes[0]}{rest}{locked}"
        super().notify(said, title="Configuration", severity="warning", timeout=12, markup=False)

    def notify(
        self,
        message: str,
        *,
        title: str = "",
        severity: SeverityLevel = "information",
        timeout: float | None = None,
        markup: bool = False,
    ) -> None:
        """Show a toast and keep what it says; text is never markup, for names may hold brackets."""
        self.record(message, title, severity)
        super().notify(message, title=title, severity=severity, timeout=timeout, markup=False)

    def record(self, text: str, title: str = "", tone: str = "information") -> None:
        """Keep something among what was said."""
        at = time.time()
        with suppress(Exception):  # where no context can be made, that is what is said
            at = self.context.clock.now()
        self.said.add(at, text, title, tone)
        self.said_changed.publish(self.said)

    def action_theme(self) -> None:
        """Change between dark and light; a colour-blind-safe theme has its own counterpart."""
        names = [theme.name for theme in THEMES]
        at = names.index(self.theme) if self.theme in names else 1
        self.theme = names[at ^ 1] if at ^ 1 < len(names) else names[1]

    def choose_theme(self) -> None:
        """Choose one of all themes."""
        from machete_tui.ui.dialogs.choose import Choose, Option

        options = [Option(theme.name, theme.name.removeprefix("machete-")) for theme in THEMES]

        def chosen(name: str | None) -> None:
            if name is not None:
                self.theme = name

        self.push_screen(Choose("Theme", options, selected=self.theme), chosen)

    # Questions on a production host

    def guard_production(self) -> None:
        """Let every change of a production host wait for its typed name."""
        self.bridge.must_ask = self._must_ask
        self.bridge.ask = self._ask_name

    def _must_ask(self, job: Job) -> bool:
        if not self.settings.production or "." not in job.name or job.name == "system.reconcile":
            return False  # what a crash left is put right unasked
        from machete_tui.operations.registry import NOUNS, find

        if job.name.partition(".")[0] not in NOUNS or getattr(job.request, "dry_run", False):
            return False
        operation = find(job.name)
        return operation.changes and not (operation.previews and not getattr(job.request, "yes", False))

    def _ask_name(self, jobs: tuple[Job, ...], go: Callable[[bool], None]) -> None:
        from machete_tui.ui.dialogs.typed import TypedConfirm

        host = self.settings.host or "local"
        names = [job.label for job in jobs]
        question = TypedConfirm(f"Change the production host {host}?", names, host)
        self.push_screen(question, lambda answer: go(bool(answer)))
