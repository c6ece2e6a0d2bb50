"""Where a source is, and its copy on this machine.

Apart from :mod:`machete_tui.core.source`, because every service has a source and few fronts detect anything.
"""

from __future__ import annotations

from typing import Literal

from machete_tui.core.frozen import dataclass

SourceKind = Literal["folder", "git"]


@dataclass(frozen=True, slots=True)
class SourceRef:
    """Where code comes from, as the operator named it.

    Attributes:
        kind: a folder on this machine or a Git remote.
        location: absolute folder path, or Git URL without any user name's password or token.
        ref: branch, tag or commit asked for; empty for the default branch.
        subpath: sub-folder inside it, relative with forward slashes; empty for its root.
        ssh_key: path of the private key for ssh remotes; empty for the agent or the default.
        token_env: name of the environment variable that holds a token for http(s) remotes.
        token_file: path of a file that holds it instead.
    """

    kind: SourceKind
    location: str
    ref: str = ""
    subpath: str = ""
    ssh_key: str = ""
    token_env: str = ""
    token_file: str = ""


@dataclass(frozen=True, slots=True)
class Checkout:
    """A source brought onto this machine.

    Attributes:
        root: absolute path of the folder to read (sub-path applied).
        commit: full SHA, or empty where there is no Git.
        branch: the branch or tag it came from, or empty.
        dirty: whether the folder differs from its commit.
        owned: whether machete-tui made the folder and may delete it.
    """

    root: str
    commit: str = ""
    branch: str = ""
    dirty: bool = False
    owned: bool = False
