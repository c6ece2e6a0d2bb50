"""From a detection and the operator's wishes to files: Dockerfiles, ignore files, compose files, ``.env``.

Pure: it reads the source's own files and nothing else, and writes nothing.
"""

from machete_tui.generation.backing import connections, required_passwords
from machete_tui.generation.bases import USER_ID
from machete_tui.generation.folder import render_folder
from machete_tui.generation.order import Order, Rendered
from machete_tui.generation.references import base_images, substitute
from machete_tui.generation.release import published, render

__all__ = [
    "USER_ID",
    "Order",
    "Rendered",
    "base_images",
    "connections",
    "published",
    "render",
    "render_folder",
    "required_passwords",
    "substitute",
]
