"""Step 1: where the code comes from. All three kinds are kept, so that changing one's mind loses nothing."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Literal

from machete_tui.core.frozen import dataclass
from machete_tui.ui.wizard.problems import Problem

SourceChoice = Literal["folder", "git", "template"]
Scheme = Literal["ssh", "http", "other"]

_VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_PASSWORD = re.compile(r"[a-z+]+://[^/@\s]*:[^/@\s]+@", re.IGNORECASE)
_LONE_TOKEN = re.compile(r"https?://[^/@:\s]{16,}@", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class SourceDraft:
    """What was entered in step 1.

    Attributes:
        choice: which of the three is meant.
        folder: path on this machine; ``~`` is the home folder.
        url: Git URL.
        ref: branch, tag or commit; empty for the remote's default.
        subpath: sub-folder of the repository.
        ssh_key: private key file, for ssh remotes.
        token_env: name of the variable that holds the token, for http(s) remotes.
        token_file: file that holds it.
        template: name of the starter.
        into: folder that the starter is copied to when it is deployed.
    """

    choice: SourceChoice = "folder"
    folder: str = ""
    url: str = ""
    ref: str = ""
    subpath: str = ""
    ssh_key: str = ""
    token_env: str = ""
    token_file: str = ""
    template: str = ""
    into: str = ""

    @property
    def scheme(self) -> Scheme:
        """How the Git URL is reached, which decides the credentials that make sense."""
        url = self.url.strip().lower()
        if url.startswith(("http://", "https://")):
            return "http"
        if url.startswith("ssh://") or re.match(r"[\w.-]+@[\w.-]+:", url):
            return "ssh"
        return "other"

    @property
    def key(self) -> tuple[str, ...]:
        """What identifies the source: a detection made for another key does not hold for this one."""
        if self.choice == "folder":
            return ("folder", self.folder.strip())
        if self.choice == "template":
            return ("template", self.template)
        return ("git", self.url.strip(), self.ref.strip(), self.subpath.strip())

    @property
    def label(self) -> str:
        """The source in a few words, for headings."""
        if self.choice == "folder":
            return self.folder.strip() or "no folder yet"
        if self.choice == "template":
            return f"template {self.template}" if self.template else "no template yet"
        at = f" @ {self.ref.strip()}" if self.ref.strip() else ""
        return (self.url.strip() or "no URL yet") + at


def check(source: SourceDraft, parse: Callable[[str], object] | None = None) -> tuple[Problem, ...]:
    """Return what is wrong with step 1, without touching disk or network.

    Args:
        source: what was entered.
        parse: reads a Git URL and raises InvalidInput for one that is refused.
    """
    if source.choice == "folder":
        if not source.folder.strip():
            return (Problem("folder", "choose a folder", "pick one in the list or type its path"),)
        return ()
    if source.choice == "template":
        found: list[Problem] = []
        if not source.template:
            found.append(Problem("template", "choose a template", "Up and Down, then Enter"))
        if not source.into.strip():
            found.append(Problem("into", "say where its files go", "a folder that is not there yet"))
        return tuple(found)
    return _check_git(source, parse)


def _check_git(source: SourceDraft, parse: Callable[[str], object] | None) -> tuple[Problem, ...]:
    from machete_tui.core.errors import MacheteError

    url = source.url.strip()
    if not url:
        return (Problem("url", "enter a Git URL", "https://…, ssh://…, user@host:path or file://…"),)
    found: list[Problem] = []
    if _PASSWORD.match(url) or _LONE_TOKEN.match(url):
        mend = "take it out and give the token as a variable or a file below"
        found.append(Problem("url", "the URL holds a password or token", mend))
    elif parse is not None:
        try:
            parse(url)
        except MacheteError as error:
            found.append(Problem("url", error.what, error.mend))
    for field, text in (("ref", source.ref), ("subpath", source.subpath)):
        if text.strip().startswith("-"):
            found.append(Problem(field, "this must not begin with a dash"))
    if source.subpath.strip().startswith("/") or ".." in source.subpath.split("/"):
        found.append(Problem("subpath", "the sub-folder is relative to the repository", "like services/api"))
    if source.scheme == "http":
        if source.token_env.strip() and not _VARIABLE.fullmatch(source.token_env.strip()):
            found.append(
                Problem("token_env", "this is not a variable's name", "its name, not the token itself")
            )
        if source.token_env.strip() and source.token_file.strip():
            found.append(Problem("token_file", "two tokens", "give the variable or the file, not both"))
    return tuple(found)
