"""The port that a component's code listens on."""

from __future__ import annotations

import re

from machete_tui.detection.code import Code
from machete_tui.detection.draft import Draft

_NUMBER = r"(?P<port>[1-9]\d{1,4})\b"
_ENV = r"(?P<env>[A-Z_]*PORT)"

RULES: dict[str, tuple[re.Pattern[str], ...]] = {
    "node": (
        re.compile(rf"process\.env\.{_ENV}[\s)]*(?:\|\||\?\?)\s*[\"'`]?{_NUMBER}"),
        re.compile(rf"process\.env\.{_ENV}\s*\?[^:\n]{{1,60}}:\s*[\"'`]?{_NUMBER}"),
        re.compile(rf"process\.env\[[\"']{_ENV}[\"']\][\s)]*(?:\|\||\?\?)\s*[\"'`]?{_NUMBER}"),
        re.compile(rf"\b{_ENV}\s*=\s*{_NUMBER}[^}}\n]*\}}\s*=\s*process\.env"),
        re.compile(rf"\.listen\(\s*(?:\{{[^}}]*?\bport:\s*)?{_NUMBER}"),
        re.compile(rf"\b(?:serve|createServer)\(\s*\{{[^}}]*?\bport:\s*{_NUMBER}"),
        re.compile(
            rf"\b(?:const|let|var)\s+(?:PORT|port|serverPort|SERVER_PORT)\s*(?::\s*\w+\s*)?=\s*[\"']?{_NUMBER}"
        ),
        re.compile(rf"process\.env\.{_ENV}\b"),
    ),
    "python": (
        re.compile(
            rf"(?:environ\.get|getenv|config|env(?:\.int)?)\(\s*[\"']{_ENV}[\"']\s*,\s*(?:default\s*=\s*)?[\"']?{_NUMBER}"
        ),
        re.compile(
            rf"\b(?:run|run_app|serve|run_server|HTTPServer|ThreadingHTTPServer|launch)\([^)]*?\bport\s*=\s*{_NUMBER}"
        ),
        re.compile(rf"\b(?:HTTP|ThreadingHTTP|TCP)Server\(\s*\([^)]*?,\s*{_NUMBER}"),
        re.compile(rf"\.listen\(\s*{_NUMBER}"),
        re.compile(rf"^(?:PORT|port)\s*(?::\s*int\s*)?=\s*{_NUMBER}", re.MULTILINE),
        re.compile(rf"environ\[[\"']{_ENV}[\"']\]"),
    ),
    "go": (
        re.compile(rf"(?:Getenv|getEnv|GetEnv|getenv|LookupEnv)\(\"{_ENV}\"\s*,\s*\":?{_NUMBER}"),
        re.compile(rf"Getenv\(\"{_ENV}\"\)[\s\S]{{0,160}}?=\s*\":?{_NUMBER}"),
        re.compile(rf"(?:ListenAndServe|Listen|Run|Start)\(\s*\"[^\":]*:{_NUMBER}\""),
        re.compile(rf"\bAddr:\s*\"[^\":]*:{_NUMBER}\""),
        re.compile(rf"\b(?:[pP]ort|addr|address)\w*\s*:?=\s*\"?[^\"\n]{{0,20}}?:?{_NUMBER}"),
        re.compile(rf"flag\.\w+\(\s*\"(?:port|addr|listen)\"\s*,\s*\"?[^\",]*?:?{_NUMBER}"),
        re.compile(rf"Getenv\(\"{_ENV}\"\)"),
    ),
    "ruby": (
        re.compile(rf"ENV\.fetch\(?\s*[\"']{_ENV}[\"']\s*(?:,\s*|\)\s*\{{\s*)[\"']?{_NUMBER}"),
        re.compile(rf"ENV\[[\"']{_ENV}[\"']\]\s*\|\|\s*[\"']?{_NUMBER}"),
        re.compile(rf"^\s*set\s+:port,\s*{_NUMBER}", re.MULTILINE),
        re.compile(rf"^\s*port\s+{_NUMBER}", re.MULTILINE),
        re.compile(rf"\bPort:\s*{_NUMBER}"),
    ),
    "java": (
        re.compile(rf"server\.port\s*[=:]\s*\$\{{{_ENV}:{_NUMBER}\}}"),
        re.compile(rf"server\.port\s*[=:]\s*{_NUMBER}"),
        re.compile(rf"^server:\s*\n(?:[ \t]+.*\n)*?[ \t]+port:\s*(?:\$\{{{_ENV}:)?{_NUMBER}", re.MULTILINE),
        re.compile(rf"quarkus\.http\.port\s*=\s*(?:\$\{{{_ENV}:)?{_NUMBER}"),
        re.compile(rf"micronaut\.server\.port\s*=\s*(?:\$\{{{_ENV}:)?{_NUMBER}"),
        re.compile(rf"getOrDefault\(\"{_ENV}\"\s*,\s*\"{_NUMBER}\""),
        re.compile(rf"getenv\(\"{_ENV}\"\)[\s\S]{{0,120}}?[:\"]\s*\"?{_NUMBER}"),
        re.compile(rf"new InetSocketAddress\(\s*(?:\"[^\"]*\"\s*,\s*)?{_NUMBER}"),
        re.compile(rf"\b(?:start|listen|port)\(\s*{_NUMBER}\s*\)"),
        re.compile(rf"getenv\(\"{_ENV}\"\)"),
    ),
    "dotnet": (
        re.compile(rf"GetEnvironmentVariable\(\"{_ENV}\"\)\s*\?\?\s*\"{_NUMBER}"),
        re.compile(rf"(?:UseUrls|Run|Add)\(\s*\"https?://[^\":]+:{_NUMBER}"),
        re.compile(rf"ListenAnyIP\(\s*{_NUMBER}"),
    ),
    "rust": (
        re.compile(rf"env::var\(\"{_ENV}\"\)[\s\S]{{0,160}}?{_NUMBER}"),
        re.compile(rf"\[0\s*,\s*0\s*,\s*0\s*,\s*0\]\s*,\s*{_NUMBER}"),
        re.compile(rf"\"(?:0\.0\.0\.0|127\.0\.0\.1|localhost|\[::\]):{_NUMBER}\""),
        re.compile(rf"\.bind\(\s*\(\s*\"[^\"]*\"\s*,\s*{_NUMBER}"),
        re.compile(rf"^port\s*=\s*{_NUMBER}", re.MULTILINE),
        re.compile(rf"env::var\(\"{_ENV}\"\)"),
    ),
    "php": (),
}
"""Stack -> ways of giving the port, the surest first; a rule without a number only names the variable."""

_LOOPBACK: dict[str, re.Pattern[str]] = {
    "node": re.compile(r"\.listen\([^)\n]*[\"'`](?:127\.0\.0\.1|localhost)[\"'`]"),
    "go": re.compile(r"(?:ListenAndServe|Listen|Run|Start)\(\s*\"(?:127\.0\.0\.1|localhost):"),
    "rust": re.compile(r"\"(?:127\.0\.0\.1|localhost):\d+\"|\[127\s*,\s*0\s*,\s*0\s*,\s*1\]"),
    "java": re.compile(r"new InetSocketAddress\(\s*\"(?:127\.0\.0\.1|localhost)\""),
    "dotnet": re.compile(r"(?:UseUrls|Run)\(\s*\"https?://(?:127\.0\.0\.1|localhost):"),
    "python": re.compile(r"\bHTTPServer\(\s*\(\s*[\"'](?:127\.0\.0\.1|localhost)[\"']"),
}

_COMMAND = re.compile(
    r"(?:(?:^|\s)(?:-p|-P|--port|--http-port|--bind|-b|--listen)[ =]|(?:^|\s)PORT=|:)"
    r"(?:[\w.\[\]*]*:)?(?P<port>[1-9]\d{1,4})\b(?![.:\d])"
)
_COMMAND_ENV = re.compile(r"\$\{?(?P<env>[A-Z_]*PORT)\b(?::-?(?P<port>\d+))?")


def find_port(draft: Draft, code: Code) -> None:
    """Set the draft's port from its start command, else from its code; leave it when neither says."""
    port, variable = from_command(draft.start_command)
    draft.fact("port_env", variable)
    if port:
        draft.listen(port, "the start command", variable)
    for pattern in RULES.get(draft.stack, ()) if not port else ():
        hit = next((h for h in code.all(pattern) if _is_port(h.match.groupdict().get("port"))), None)
        if hit is None:
            continue
        groups = hit.match.groupdict()
        name = groups.get("env") or ""
        if groups.get("port"):
            draft.listen(int(groups["port"]), f"{code.folder.where(hit.file)} line {hit.line}", name)
            draft.shows(code.evidence(hit, f"listens on port {groups['port']}"), 0.2)
            break
        if name:
            draft.fact("port_env", name)
            break
    loopback = _LOOPBACK.get(draft.stack)
    if loopback and (hit := code.find(loopback)):
        draft.fact("bind", "loopback")
        draft.recommendations.append(
            f"{code.folder.where(hit.file)} line {hit.line} binds to the loopback address:"
            " bind to 0.0.0.0, or nobody outside the container reaches it"
        )


def from_command(command: str) -> tuple[int, str]:
    """Return (port, variable) that a command names; 0 and empty when it names none."""
    variable = _COMMAND_ENV.search(command)
    if variable:
        return int(variable["port"] or 0), variable["env"]
    match = _COMMAND.search(command)
    return (int(match["port"]), "") if match and _is_port(match["port"]) else (0, "")


def _is_port(text: str | None) -> bool:
    return text is None or 10 <= int(text) <= 65535
