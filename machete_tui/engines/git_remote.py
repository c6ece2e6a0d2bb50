"""What a remote has: its branches and tags, and which of them a person means."""

from __future__ import annotations

import difflib
import re
from dataclasses import field

from machete_tui.core.errors import NotFound
from machete_tui.core.frozen import dataclass

_SHA = re.compile(r"[0-9a-f]{4,40}", re.IGNORECASE)
_LINE = re.compile(r"([0-9a-f]{40,64})\t(\S+)")


@dataclass(frozen=True, slots=True)
class Listing:
    """The answer of ``git ls-remote --symref``.

    Attributes:
        default: name of the branch that HEAD points to; empty when it points to none.
        head: HEAD's commit; empty in a repository without commits.
        heads: branch -> commit.
        tags: tag -> commit that it stands for.
    """

    default: str = ""
    head: str = ""
    heads: dict[str, str] = field(default_factory=dict)
    tags: dict[str, str] = field(default_factory=dict)

    @property
    def names(self) -> tuple[str, ...]:
        """Branches, the default one first, then tags as ``tag:NAME``, newest version first."""
        others = sorted(name for name in self.heads if name != self.default)
        first = [self.default] if self.default in self.heads else []
        return (*first, *others, *(f"tag:{name}" for name in sorted(self.tags, key=_version, reverse=True)))


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is to be fetched: ``ref`` as the remote knows it, or a commit that may be abbreviated."""

    name: str = ""
    ref: str = ""
    commit: str = ""
    whole: bool = True


def listed(text: str) -> Listing:
    """Return the listing of a remote's answer; lines that are none are passed over."""
    default = head = ""
    heads: dict[str, str] = {}
    tags: dict[str, str] = {}
    for line in text.split("\n"):
        if line.startswith("ref: refs/heads/") and line.endswith("\tHEAD"):
            default = line.removeprefix("ref: refs/heads/").removesuffix("\tHEAD")
            continue
        match = _LINE.fullmatch(line)
        if match is None or not match[2].isprintable():
            continue
        commit, ref = match.groups()
        if ref == "HEAD":
            head = commit
        elif ref.startswith("refs/heads/"):
            heads[ref.removeprefix("refs/heads/")] = commit
        elif ref.startswith("refs/tags/"):
            # An annotated tag is followed by `NAME^{}`, the commit that it stands for.
            tags[ref.removeprefix("refs/tags/").removesuffix("^{}")] = commit
    return Listing(default, head, heads, tags)


def choose(listing: Listing, ref: str, url: str) -> Wanted:
    """Return what a person means by ``ref``: a branch before a tag before a commit; raises NotFound."""
    if not ref or ref == "HEAD":
        return _default(listing, url)
    tag = ref.removeprefix("tag:")
    if ref in listing.heads:
        return Wanted(ref, f"refs/heads/{ref}", listing.heads[ref])
    if tag in listing.tags:
        return Wanted(tag, f"refs/tags/{tag}", listing.tags[tag])
    if _SHA.fullmatch(ref):
        commit = ref.lower()
        tips = {c for c in (*listing.heads.values(), *listing.tags.values()) if c.startswith(commit)}
        if len(tips) == 1:
            return Wanted(commit=tips.pop())
        return Wanted(commit=commit, whole=len(commit) == 40)
    raise unknown(listing, ref, url)


def unknown(listing: Listing, ref: str, url: str) -> NotFound:
    """Return the error for a ref that is not there, with names near it."""
    names = [*listing.heads, *listing.tags]
    near = difflib.get_close_matches(ref.removeprefix("tag:"), names, 3, 0.5)
    if near:
        mend = f"did you mean {', '.join(near)}?"
    elif names:
        mend = f"it has {', '.join(n.removeprefix('tag:') for n in listing.names[:8])}"
    else:
        mend = "it has no branches yet"
    return NotFound(f"{url} has no branch, tag or commit {ref!r}", mend, field="--branch")


def _default(listing: Listing, url: str) -> Wanted:
    if listing.default in listing.heads:
        return Wanted(listing.default, f"refs/heads/{listing.default}", listing.heads[listing.default])
    if listing.head:
        return Wanted(ref="HEAD", commit=listing.head)
    if not listing.heads:
        raise NotFound(f"{url} has no commits yet", "push one first", field="SOURCE")
    names = ", ".join(sorted(listing.heads)[:8])
    raise NotFound(f"{url} has no default branch", f"choose one with --branch: {names}", field="--branch")


def _version(name: str) -> tuple[tuple[int, int, str], ...]:
    """Return a key that puts v1.10 after v1.9."""
    parts = re.findall(r"\d+|\D+", name)
    return tuple((1, int(p), "") if p.isdigit() and p.isascii() else (0, 0, p) for p in parts)
