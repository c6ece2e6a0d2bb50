"""A headless Chromium, driven over its own protocol, and what the terminal on its page shows."""

from __future__ import annotations

import asyncio
import base64
import itertools
import shutil
import subprocess
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import IO, Any

import aiohttp
import pyte

PATIENCE = 60.0


class Browser:
    """One page.

    Attributes:
        screen: what was sent to its terminal, drawn.
        asked: addresses of everything that the page loaded.
    """

    def __init__(self, socket: aiohttp.ClientWebSocketResponse, size: tuple[int, int]) -> None:
        self._socket = socket
        self._numbers = itertools.count(1)
        self._answers: dict[int, asyncio.Future[Any]] = {}
        self.screen = pyte.Screen(*size)
        self._stream = pyte.ByteStream(self.screen)
        self.asked: list[str] = []
        self.closed = 0
        self._task = asyncio.create_task(self._listen())

    async def call(self, method: str, **params: Any) -> Any:
        """Call a method of the protocol and return its result."""
        number = next(self._numbers)
        answer = self._answers[number] = asyncio.get_running_loop().create_future()
        await self._socket.send_json({"id": number, "method": method, "params": params})
        return await asyncio.wait_for(answer, PATIENCE)

    async def value(self, script: str) -> Any:
        """Return what an expression is on the page."""
        result = await self.call("Runtime.evaluate", expression=script, returnByValue=True)
        return result["result"].get("value")

    async def until(self, text: str) -> None:
        """Wait until the terminal shows a text."""
        async with asyncio.timeout(PATIENCE):
            while True:
                if text in self.text:
                    return
                await asyncio.sleep(0.05)

    async def turns(self, script: str) -> None:
        """Wait until an expression is true on the page."""
        async with asyncio.timeout(PATIENCE):
            while True:
                if await self.value(script):
                    return
                await asyncio.sleep(0.05)

    @property
    def text(self) -> str:
        """What the terminal shows."""
        return "\n".join(self.screen.display)

    async def type(self, text: str) -> None:
        """Press keys; ``\x1b`` is Escape."""
        await self.value("document.querySelector('.xterm-helper-textarea').focus()")
        for char in text:
            key: dict[str, Any] = {"text": char, "key": char}
            if char == "\x1b":
                key = {"key": "Escape", "code": "Escape", "windowsVirtualKeyCode": 27}
            await self.call("Input.dispatchKeyEvent", type="keyDown", **key)
            await self.call("Input.dispatchKeyEvent", type="keyUp", key=key["key"])

    async def picture(self) -> bytes:
        """Return what is painted, as PNG."""
        return base64.b64decode((await self.call("Page.captureScreenshot"))["data"])

    async def close(self) -> None:
        """Leave the page."""
        self._task.cancel()
        await self._socket.close()

    async def _listen(self) -> None:
        async for message in self._socket:
            data = message.json()
            if "id" in data:
                answer = self._answers.pop(data["id"])
                if "error" in data:
                    answer.set_exception(RuntimeError(str(data["error"])))
                else:
                    answer.set_result(data["result"])
            elif data["method"] == "Network.webSocketFrameReceived":
                frame = data["params"]["response"]
                if frame["opcode"] == 2:
                    self._stream.feed(_plain(base64.b64decode(frame["payloadData"])))
            elif data["method"] == "Network.webSocketClosed":
                self.closed += 1
            elif data["method"] == "Network.requestWillBeSent":
                self.asked.append(data["params"]["request"]["url"])


def _plain(data: bytes) -> bytes:
    """Leave out what the emulator does not know."""
    import re

    return re.sub(rb"\x1b\[[<>=][0-9;:]*[a-zA-Z]|\x1b\[\?[0-9;]*\$p", b"", data)


def _start(words: list[str], log: IO[str]) -> subprocess.Popen[bytes]:
    return subprocess.Popen(words, stdout=log, stderr=log, stdin=subprocess.DEVNULL)


@asynccontextmanager
async def browser(url: str, folder: Path) -> AsyncIterator[Browser]:
    """Open a page in a Chromium of its own, which ends with the body."""
    program = shutil.which("chromium") or shutil.which("chromium-browser")
    assert program, "chromium is not installed: the test rig's package step does it"
    profile = folder / "profile"
    words = ["--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run"]
    words += ["--disable-background-networking", "--remote-debugging-port=0", "--window-size=1280,800"]
    words += [f"--user-data-dir={profile}", "about:blank"]
    with (folder / "chromium.log").open("w") as log:
        process = _start([program, *words], log)
    try:
        async with asyncio.timeout(PATIENCE):
            port = profile / "DevToolsActivePort"
            while not (port.exists() and port.read_text().count("\n")):
                assert process.poll() is None, (folder / "chromium.log").read_text()
                await asyncio.sleep(0.05)
        number = port.read_text().splitlines()[0]
        async with aiohttp.ClientSession() as session:
            async with session.get(f"http://127.0.0.1:{number}/json/list") as answer:
                pages = [p for p in await answer.json(content_type=None) if p["type"] == "page"]
            async with session.ws_connect(pages[0]["webSocketDebuggerUrl"], max_msg_size=0) as socket:
                page = Browser(socket, (200, 60))
                await page.call("Network.enable")
                await page.call("Page.enable")
                await page.call("Page.navigate", url=url)
                yield page
                await page.close()
    finally:
        process.terminate()
        process.wait(20)
