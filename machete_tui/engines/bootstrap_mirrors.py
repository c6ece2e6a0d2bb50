"""The machine's own mirrors: what apt, pip, npm and Go are told to use here, for use inside images.

Nothing here names a mirror: all comes from the configuration of the machine. An address that holds a
password is never written into an image; it goes in through a secret mount while the image is built.
"""

from __future__ import annotations

import ast
import os
import re
import shlex
import subprocess
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

from machete_tui.core.frozen import dataclass

ARCHIVE_KEYRING = "/usr/share/keyrings/debian-archive-keyring.gpg"
_PIP_KEYS = ("index-url", "extra-index-url", "trusted-host", "timeout", "no-index", "proxy")
_PIP_URLS = ("index-url", "extra-index-url", "proxy")
_NPM_KEYS = re.compile(r"^(registry|@[^:]+:registry|strict-ssl|proxy|https-proxy|noproxy)$")
_APT_KEYS = re.compile(r"^Acquire::(https?::Proxy(::[\w.-]+)?|Check-Valid-Until|Check-Date)$", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class AptSource:
    """One source of Debian packages, as apt is told of it."""

    uri: str
    suite: str
    components: tuple[str, ...]
    signed_by: str = ""
    trusted: bool = False

    def line(self) -> str:
        """Return it in apt's one-line form."""
        options = []
        if self.signed_by and self.signed_by != ARCHIVE_KEYRING:
            options.append(f"signed-by={self.signed_by}")
        if self.trusted:
            options.append("trusted=yes")
        bracket = f"[{' '.join(options)}] " if options else ""
        return f"deb {bracket}{self.uri} {self.suite} {' '.join(self.components)}"


def apt_sources(folder: Path = Path("/etc/apt")) -> tuple[AptSource, ...]:
    """Return the enabled binary sources of a machine, in apt's order."""
    found: list[AptSource] = []
    lists = [folder / "sources.list", *sorted((folder / "sources.list.d").glob("*"))]
    for path in lists:
        try:
            text = path.read_text(encoding="utf-8", errors="replace")
        except OSError:
            continue
        if path.suffix == ".sources":
            found.extend(_stanzas(text))
        elif path.suffix == ".list":
            found.extend(_lines(text))
    return tuple(found)


def _stanzas(text: str) -> Iterable[AptSource]:
    for stanza in re.split(r"\n\s*\n", text):
        fields: dict[str, str] = {}
        key = ""
        for line in stanza.splitlines():
            if line.startswith("#"):
                continue
            if line[:1].isspace():
                fields[key] = f"{fields.get(key, '')} {line.strip()}"
            elif ":" in line:
                key, _, value = line.partition(":")
                key = key.strip().lower()
                fields[key] = value.strip()
        if "deb" not in fields.get("types", "").split() or fields.get("enabled", "yes").lower() == "no":
            continue
        signed = fields.get("signed-by", "")
        for uri in fields.get("uris", "").split():
            for suite in fields.get("suites", "").split():
                yield AptSource(
                    uri,
                    suite,
                    tuple(fields.get("components", "").split()),
                    signed if signed.startswith("/") else "",
                    fields.get("trusted", "").lower() == "yes",
                )


def _lines(text: str) -> Iterable[AptSource]:
    for line in text.splitlines():
        match = re.match(r"deb\s+(?:\[([^\]]*)\]\s+)?(\S+)\s+(\S+)\s*([^#]*)", line.strip())
        if match:
            options = dict(o.partition("=")[::2] for o in (match[1] or "").split())
            yield AptSource(
                match[2],
                match[3],
                tuple(match[4].split()),
                options.get("signed-by", ""),
                options.get("trusted", "").lower() == "yes",
            )


def debian_lines(sources: Iterable[AptSource], codename: str, wanted: str) -> tuple[str, ...]:
    """Return source lines for the Debian release ``wanted``, from the mirrors used for ``codename``.

    Empty where none of the sources is Debian's main archive: mmdebstrap then takes its own default.
    """
    names = {f"{codename}{part}": f"{wanted}{part}" for part in ("", "-updates", "-security")}
    main = [s for s in sources if "main" in s.components and (s.suite in names or s.suite in names.values())]
    signed = [s for s in main if s.signed_by == ARCHIVE_KEYRING]
    chosen = signed or [s for s in main if "debian" in s.uri]
    lines = [
        AptSource(s.uri, names.get(s.suite, s.suite), ("main",), s.signed_by, s.trusted).line()
        for s in chosen
    ]
    return tuple(dict.fromkeys(lines))


def apt_options() -> dict[str, str]:
    """Return the settings of apt that decide whether a mirror can be reached (proxies, date checks)."""
    try:
        dump = subprocess.run(["apt-config", "dump"], capture_output=True, text=True, check=True, timeout=10)
    except (OSError, subprocess.SubprocessError):
        return {}
    return _apt_options(dump.stdout)


def _apt_options(dump: str) -> dict[str, str]:
    pairs = re.findall(r'^(\S+) "([^"]*)";$', dump, re.MULTILINE)
    return {key: value for key, value in pairs if value and _APT_KEYS.match(key)}


def pip_settings() -> dict[str, str]:
    """Return what pip is told here about indexes, as far as a build can reach them; passwords included."""
    command = [sys.executable, "-m", "pip", "config", "list"]
    try:
        listed = subprocess.run(command, capture_output=True, text=True, check=True, timeout=30)
    except (OSError, subprocess.SubprocessError):
        return {}
    return _pip_settings(listed.stdout)


def _pip_settings(listed: str) -> dict[str, str]:
    found: dict[str, str] = {}
    rank = {"global": 0, "install": 1, ":env:": 2}
    rows = re.findall(r"^(global|install|:env:)\.([\w-]+)=(.*)$", listed, re.MULTILINE)
    for _, key, quoted in sorted(rows, key=lambda row: rank[row[0]]):
        key = "timeout" if key == "default-timeout" else key
        if key not in _PIP_KEYS:
            continue
        try:
            value = str(ast.literal_eval(quoted))
        except (ValueError, SyntaxError):
            continue
        if key in _PIP_URLS:
            value = " ".join(word for word in value.split() if word.startswith(("http://", "https://")))
        if value:
            found[key] = value
    return found


def npm_settings(env: Mapping[str, str] = os.environ, files: Iterable[Path] = ()) -> dict[str, str]:
    """Return what npm is told here about registries and proxies; keys and tokens are left out."""
    found: dict[str, str] = {}
    places = tuple(files) or (
        Path("/etc/npmrc"),
        Path("/usr/etc/npmrc"),
        Path("/usr/local/etc/npmrc"),
        Path.home() / ".npmrc",
    )
    for place in places:
        try:
            lines = place.read_text(encoding="utf-8", errors="replace").splitlines()
        except OSError:
            continue
        for line in lines:
            key, equals, value = (part.strip() for part in line.partition("="))
            if equals and value and _NPM_KEYS.match(key):
                found[key] = value
    for name, value in env.items():
        key = name.lower().removeprefix("npm_config_").replace("_", "-")
        if name.lower().startswith("npm_config_") and value and _NPM_KEYS.match(key):
            found[key] = value
    return found


def go_settings(env: Mapping[str, str] = os.environ) -> dict[str, str]:
    """Return what Go is told here about module proxies."""
    names = ("GOPROXY", "GOSUMDB", "GONOSUMDB", "GOPRIVATE", "GONOPROXY")
    return {name: env[name] for name in names if env.get(name)}


def proxies(env: Mapping[str, str] = os.environ) -> dict[str, str]:
    """Return the proxy variables of this process; Docker keeps these build arguments out of the image."""
    names = ("http_proxy", "https_proxy", "no_proxy", "HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY")
    return {name: env[name] for name in names if env.get(name)}


def without_password(url: str) -> str:
    """Return a URL without user name and password."""
    parts = urlsplit(url)
    return urlunsplit(parts._replace(netloc=parts.netloc.rpartition("@")[2]))


def open_settings(settings: Mapping[str, str]) -> dict[str, str]:
    """Return settings as they may stand in an image: no URL holds a user name or password."""
    return {
        key: " ".join(without_password(word) if "://" in word else word for word in value.split())
        for key, value in settings.items()
    }


def pip_conf(settings: Mapping[str, str]) -> str:
    """Return pip's settings as its configuration file."""
    lines = ["[global]"]
    for key, value in settings.items():
        lines.append(f"{key} = " + "\n    ".join(value.split()))
    return "\n".join(lines) + "\n"


def uv_toml(settings: Mapping[str, str]) -> str:
    """Return pip's indexes as uv's system-wide configuration file; empty for none."""
    tables = [("index-url", True), ("extra-index-url", False)]
    text = ""
    for key, default in tables:
        for url in settings.get(key, "").split():
            text += f'[[index]]\nurl = "{url}"\n' + ("default = true\n" if default else "")
    return text


def assignments(settings: Mapping[str, str], *, quote: bool = False) -> str:
    """Return ``name=value`` lines."""
    return "".join(f"{k}={shlex.quote(v) if quote else v}\n" for k, v in settings.items())
