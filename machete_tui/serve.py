"""``--serve``: the same app in a browser, each page a process of its own.

Whoever reaches the page operates the containers, as the user who serves it. So it listens on this machine's
own address, and wants the token of the address that it printed: other users of the machine, and pages of
other sites in the same browser, have neither.
"""

from __future__ import annotations

import hmac
import ipaddress
import logging
import os
import secrets
import shlex
import sys
from collections.abc import Awaitable, Callable, Sequence
from html import escape
from importlib import resources
from typing import TYPE_CHECKING, Any, TypeAlias

from machete_tui.core.errors import Conflict, InvalidInput, MacheteError, NotFound, NotPermitted

if TYPE_CHECKING:
    from aiohttp import web

_Handler: TypeAlias = "Callable[[web.Request], Awaitable[web.StreamResponse]]"
PORT = 8765
LOOPBACK = "127.0.0.1"
_POLICY = (
    "default-src 'none'; script-src 'self' 'unsafe-inline'; style-src 'self' 'unsafe-inline';"
    " font-src 'self'; img-src 'self' data:; connect-src 'self' ws: wss:; frame-ancestors 'none'"
)


def serve(arguments: Sequence[str], *, port: str, bind: str, open_to_network: bool) -> int:
    """Serve until it is stopped; return the exit code.

    Args:
        arguments: of the app that each page runs.
        port: to listen on; empty for :data:`PORT`.
        bind: address to listen on; empty for this machine's own.
        open_to_network: whether an address that others reach may be listened on.
    """
    try:
        address, number = place(port, bind, open_to_network=open_to_network)
        _run(command(arguments), address, number)
    except MacheteError as error:
        print(f"{error.title}: {error.what}; {error.mend}", file=sys.stderr)
        return error.exit_code
    return 0


def place(port: str, bind: str, *, open_to_network: bool) -> tuple[str, int]:
    """Return address and port to listen on; raises InvalidInput for what may not be or cannot be."""
    number = int(port) if port.isascii() and port.isdigit() else 0 if port else PORT
    if not 0 < number < 65536:
        raise InvalidInput(f"--port {port}: a number from 1 to 65535", f"for example --port {PORT}")
    address = LOOPBACK if bind in ("", "localhost") else bind
    try:
        loopback = ipaddress.ip_address(address.strip("[]")).is_loopback
    except ValueError:
        raise InvalidInput(f"--bind {bind}: an address is wanted", f"for example --bind {LOOPBACK}") from None
    if not loopback and not open_to_network:
        raise InvalidInput(
            f"--bind {bind} lets the network reach a page that operates containers, unencrypted",
            f"forward the port instead (ssh -L {number}:{LOOPBACK}:{number} HOST), or add --open-to-network",
        )
    return address.strip("[]"), number


def command(arguments: Sequence[str]) -> str:
    """Return the shell command of one page's app."""
    return "exec " + shlex.join([sys.executable, "-m", "machete_tui", *arguments])


def _run(app: str, address: str, port: int) -> None:
    try:
        from aiohttp import web
        from textual_serve.server import Server
    except ImportError as error:
        raise NotFound(
            f"--serve needs textual-serve, which is not installed ({error})",
            "install it: pip install 'machete-tui[serve]'",
        ) from error
    token = secrets.token_urlsafe(24)
    shown = f"[{address}]" if ":" in address else address

    class Page(Server):
        """The pages of one token."""

        async def _make_app(self) -> web.Application:
            made = await super()._make_app()
            made.middlewares.append(guard(token, f"machete-{port}"))
            return made

        def initialize_logging(self) -> None:
            logging.basicConfig(level=logging.WARNING, format="%(message)s", stream=sys.stderr)

        async def on_startup(self, app: web.Application) -> None:
            print(f"machete-tui is served at http://{shown}:{port}/?token={token}", flush=True)
            print("Ctrl+C ends it and every page.", file=sys.stderr, flush=True)

        async def handle_index(self, request: web.Request) -> web.Response:
            return web.Response(text=page(request.host, request.secure), content_type="text/html")

    os.environ.pop("NO_COLOR", None)
    try:
        Page(app, host=address, port=port, title="machete").serve()
    except PermissionError as error:
        raise NotPermitted(f"port {port} may not be listened on", "take one above 1023") from error
    except OSError as error:
        raise Conflict(
            f"{shown}:{port} cannot be listened on: {error.strerror or error}", "take another --port"
        ) from error


def page(host: str, secure: bool) -> str:
    """Return the page; everything on it comes from this server, whatever name it is reached by."""
    text = resources.files("machete_tui").joinpath("templates/serve/page.html").read_text(encoding="utf-8")
    websocket = f"{'wss' if secure else 'ws'}://{escape(host, quote=True)}/ws"
    for name, value in (("title", "machete"), ("websocket", websocket), ("size", "16")):
        text = text.replace("{" + name + "}", value)
    return text


def guard(token: str, cookie: str) -> Any:
    """Return what stands before every request: the token once, then its cookie; no other site's pages."""
    from aiohttp import web

    @web.middleware
    async def check(
        request: web.Request, handler: Callable[[web.Request], Awaitable[web.StreamResponse]]
    ) -> web.StreamResponse:
        given = request.query.get("token", "")
        if given and hmac.compare_digest(given.encode(), token.encode()):
            answer: web.StreamResponse = web.HTTPSeeOther("/")
            answer.set_cookie(cookie, token, httponly=True, samesite="Strict", path="/")
            return answer
        kept = request.cookies.get(cookie, "")
        origin = request.headers.get("Origin", "")
        if not hmac.compare_digest(kept.encode(), token.encode()):
            return web.Response(status=403, text="Open the address that machete-tui --serve printed.\n")
        if origin and origin.partition("://")[2] != request.host:
            return web.Response(status=403, text="Another site's page may not use this one.\n")
        answer = await handler(request)
        if not answer.prepared:
            answer.headers["Content-Security-Policy"] = _POLICY
            answer.headers["X-Content-Type-Options"] = "nosniff"
            answer.headers["Cache-Control"] = "no-store"
        return answer

    return check
