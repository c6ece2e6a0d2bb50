"""Step 1, a Git URL: its branches are read from the remote, credentials only by file or by name."""

from __future__ import annotations

from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.suggester import SuggestFromList
from textual.widgets import Input, OptionList, Static
from textual.widgets.option_list import Option

from machete_tui.operations.reading import Branches, RefRow
from machete_tui.screens.wizard.busy import Busy
from machete_tui.screens.wizard.fields import Edited, Field
from machete_tui.screens.wizard.step import StepPane
from machete_tui.ui.bridge import Bridge
from machete_tui.ui.jobs import Job
from machete_tui.ui.widgets.cells import clean
from machete_tui.ui.wizard.places import source_problem
from machete_tui.ui.wizard.source import SourceDraft, check

_SHOWN = 200
"""Branches and tags listed at once; typing narrows them down."""


class RefList(OptionList):
    """Branches and tags: Enter takes one."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("j", "cursor_down", show=False, id="refs.down", tooltip="down"),
        Binding("k", "cursor_up", show=False, id="refs.up", tooltip="up"),
    ]


class GitForm(Vertical):
    """URL, branch, sub-folder and the credentials that this URL can use."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "ctrl+r", "read", "Read branches", id="git.read", tooltip="read the branches from the remote"
        ),
    ]

    def __init__(self, source: SourceDraft, bridge: Bridge) -> None:
        super().__init__(id="git-form")
        self._bridge = bridge
        self._read_from = ""
        self._refs: tuple[str, ...] = ()
        self._rows: tuple[RefRow, ...] = ()
        self.fields = {
            f.key: f
            for f in (
                Field("url", "Git URL", source.url, placeholder="https://… · ssh://… · user@host:path"),
                Field("ssh_key", "Key file", source.ssh_key, placeholder="your agent or default key"),
                Field("token_env", "Token in", source.token_env, placeholder="name of a variable: GIT_TOKEN"),
                Field(
                    "token_file", "or in file", source.token_file, placeholder="path of a file that holds it"
                ),
                Field("ref", "Branch", source.ref, placeholder="the default branch; a tag or commit too"),
                Field("subpath", "Sub-folder", source.subpath, placeholder="the whole repository"),
            )
        }
        self._busy = Busy("Esc stops it", id="git-busy")
        self._said = Static("", id="git-said", markup=False)
        self._list = RefList(id="git-refs")

    def compose(self) -> ComposeResult:
        """The fields in the order in which they are needed."""
        yield from self.fields.values()
        yield self._busy
        yield self._said
        yield self._list

    def on_mount(self) -> None:
        """Show what the URL that is there already needs."""
        self._fit()
        self._list.display = False
        if self._source().url:
            self.action_read()

    def action_read(self) -> None:
        """Ask the remote for its branches, in a thread."""
        source = self._source()
        url = source.url.strip()
        if check(source):
            return
        if self._busy.job is not None:
            self._busy.job.cancel.cancel()
        self._read_from = url
        request = Branches(
            url,
            ssh_key=source.ssh_key.strip() if source.scheme == "ssh" else "",
            token_env=source.token_env.strip() if source.scheme == "http" else "",
            token_file=source.token_file.strip() if source.scheme == "http" else "",
        )
        self._said.update("")
        job = self._bridge.run(
            "source.branches",
            request,
            label="Reading the branches",
            subject="",
            quiet=True,
            on_end=lambda job: self._ended(job, url),
        )
        self._busy.follow(job)

    def stop(self) -> bool:
        """Stop reading; return whether there was anything to stop."""
        job = self._busy.job
        if job is None or not job.running:
            return False
        job.cancel.cancel()
        self._said.update("stopped; Ctrl+R reads the branches")
        return True

    def _ended(self, job: Job, url: str) -> None:
        if not self.is_attached or url != self._read_from or job.state == "cancelled":
            return
        pane = self.query_ancestor(StepPane)
        if job.error is not None:
            pane.refuse(source_problem(job.error, self._source()))
            self._refs, self._rows = (), ()
        else:
            pane.accept(*self.fields)
            self._rows = job.value.rows
            self._refs = tuple(row.name for row in self._rows)
            self.fields["ref"].input.suggester = SuggestFromList(self._refs)
        self._fill()
        self.post_message(Edited("refs"))

    def _fill(self) -> None:
        begun = self.fields["ref"].value.strip()
        shown = [r for r in self._refs if begun in r] if begun not in self._refs else list(self._refs)
        self._list.clear_options()
        for place, name in enumerate(shown[:_SHOWN]):
            default = name == self._refs[0] and place == 0
            note = Content.styled("   default branch", "$quiet") if default else Content("")
            self._list.add_option(Option(Content.assemble(Content(clean(name)), note), id=name))
        if shown:
            self._list.highlighted = shown.index(begun) if begun in shown[:_SHOWN] else 0
        self._list.display = bool(shown)
        branches = len([r for r in self._rows if r.kind == "branch"])
        tags = len(self._refs) - branches
        if self._refs:
            said = f"{branches} branch{'es' * (branches != 1)}, {tags} tag{'s' * (tags != 1)} at the remote"
            self._said.update(said + "; Enter takes one")
        else:
            self._said.update("")

    @on(Edited)
    def _typed(self, event: Edited) -> None:
        self._fit()
        if event.field == "ref":
            self._fill()
        elif event.field == "url" and self._source().url.strip() != self._read_from:
            self._refs = ()
            self._fill()

    @on(Input.Blurred)
    def _left(self, event: Input.Blurred) -> None:
        if event.input is self.fields["url"].input and self._source().url.strip() != self._read_from:
            self.action_read()

    @on(OptionList.OptionSelected)
    def _taken(self, event: OptionList.OptionSelected) -> None:
        event.stop()
        self.fields["ref"].set_value(event.option.id or "")
        self.fields["ref"].input.focus()

    def _source(self) -> SourceDraft:
        return SourceDraft(choice="git", **{key: field.value for key, field in self.fields.items()})

    def _fit(self) -> None:
        """Show only the credentials that the URL can use."""
        scheme = self._source().scheme
        self.fields["ssh_key"].display = scheme == "ssh"
        self.fields["token_env"].display = self.fields["token_file"].display = scheme == "http"
