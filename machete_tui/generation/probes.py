"""Health checks that need nothing but what the image surely has: its own interpreter."""

from __future__ import annotations

from typing import Any

from machete_tui.core.source import Component
from machete_tui.generation import quoting
from machete_tui.generation.variables import literal
from machete_tui.generation.yamlout import Word

# Both read the answer to its end: a server whose client hangs up in the middle logs that as an error.
_PYTHON = (
    "import http.client,sys;"
    "c=http.client.HTTPConnection('127.0.0.1',{port},timeout=3);"
    "c.request('GET','{path}');"
    "r=c.getresponse();"
    "r.read();"
    "sys.exit(r.status>=500)"
)
_NODE = (
    "require('http').get({{host:'127.0.0.1',port:{port},path:'{path}',timeout:3000}},"
    "r=>r.resume().on('end',()=>process.exit(r.statusCode<500?0:1)))"
    ".on('error',()=>process.exit(1)).on('timeout',()=>process.exit(1))"
)
_SAFE = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789/-_.~%?=&+,:@")


def healthcheck(component: Component, port: int) -> dict[str, Any] | None:
    """Return compose's health check of a web component, or None when its image has no tool for it.

    Any HTTP answer below 500 is healthy here: whether the right page answers is proved from the host.
    """
    path = quoting.text(component.health_path or "/", "health")
    if component.kind != "web" or not set(path) <= _SAFE:
        return None
    if component.stack == "python":
        command = ["CMD", "python", "-c", _PYTHON.format(port=port, path=path)]
    elif component.stack == "node":
        command = ["CMD", "node", "-e", _NODE.format(port=port, path=path)]
    else:
        return None
    return {
        "test": [Word(literal(word)) for word in command],
        "interval": "5s",
        "timeout": "5s",
        "retries": 3,
        "start_period": "30s",
    }
