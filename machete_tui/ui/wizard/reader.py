"""From the draft of step 1 to the source that operations know. Imports what it needs when it is called."""

from __future__ import annotations

from machete_tui.core.cancel import Cancel
from machete_tui.core.context import Context
from machete_tui.core.source import Detection, SourceRef
from machete_tui.ui.wizard import folders
from machete_tui.ui.wizard.draft import Draft
from machete_tui.ui.wizard.source import SourceDraft

expanded = folders.expand


def parse_url(url: str) -> SourceRef:
    """Read a Git URL; raises InvalidInput for one that is refused, or that is none."""
    from machete_tui.core.errors import InvalidInput
    from machete_tui.operations.sources import parse_source

    ref = parse_source(url)
    if ref.kind != "git":
        mend = f"choose Folder above, or write file://{ref.location} for a repository of this machine"
        raise InvalidInput("this is a folder, not a Git URL", mend, field="SOURCE")
    return ref


def read(ctx: Context, source: SourceDraft, cancel: Cancel) -> Detection:
    """Fetch the source, say what it is, and remove what was fetched; blocks."""
    from machete_tui.operations.reading import read_source
    from machete_tui.operations.sources import parse_source

    git = source.choice == "git"
    ref = parse_source(
        location(Draft(source=source)),
        branch=source.ref.strip() if git else "",
        path=source.subpath.strip() if git else "",
        ssh_key=source.ssh_key.strip() if git and source.scheme == "ssh" else "",
        token_env=source.token_env.strip() if git and source.scheme == "http" else "",
        token_file=source.token_file.strip() if git and source.scheme == "http" else "",
    )
    return read_source(ctx, ref, cancel)


def location(draft: Draft) -> str:
    """Return the folder or URL to deploy; a template that was not copied yet stands where it came with."""
    source = draft.source
    if source.choice == "git":
        return source.url.strip()
    if source.choice == "folder":
        return expanded(source.folder)
    if draft.copied:
        return draft.copied
    from machete_tui.operations.templates import find_starter

    return find_starter(source.template).folder
