"""What must not be seen: names that mean a secret, and masking of their values in any text."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

MASK = "••••••"

_NAME = re.compile(
    r"(pass(word|wd|phrase)?|secret|token|credential|private|api_?key|access_?key|auth|salt|dsn|cookie"
    r"|(^|_)key($|_)|(^|_)pw($|_)|connection_?string)",
    re.IGNORECASE,
)
_URL_PASSWORD = re.compile(
    r"(?P<head>[a-z][a-z0-9+.-]*://[^\s/:@]*:)(?P<secret>[^\s/@]+)(?=@)", re.IGNORECASE
)

_ASSIGNED = re.compile(
    r"""^(?P<name>[^\s=\#][^=\n]*)=(?:'(?:[^'\\]|\\.)*(?:'|\Z)|"(?:[^"\\]|\\.)*(?:"|\Z))?[^\n]*""",
    re.MULTILINE | re.DOTALL,
)


def is_secret(name: str, value: str = "") -> bool:
    """Return whether an environment variable's name, or a URL with a password as its value, is secret."""
    return bool(_NAME.search(name) or _URL_PASSWORD.search(value))


def mask_urls(text: str) -> str:
    """Replace the password of every URL in ``text``."""
    return _URL_PASSWORD.sub(lambda m: m["head"] + MASK, text)


def masked(environment: Mapping[str, str]) -> dict[str, str]:
    """Return the environment as it may be shown: values of secrets replaced."""
    return {k: MASK if is_secret(k, v) else v for k, v in environment.items()}


def hidden_values(text: str) -> str:
    """Return the text of an environment file with every value replaced, those of several lines too."""
    return _ASSIGNED.sub(rf"\1={MASK}", text)


def by_reference(environment: Mapping[str, str]) -> dict[str, str]:
    """Return the environment as it may be stored: a secret becomes ``secret:sha256:`` and 8 hex digits.

    The digits only tell whether it changed between two releases.
    """
    import hashlib

    return {
        k: "secret:sha256:" + hashlib.sha256(v.encode()).hexdigest()[:8] if is_secret(k, v) else v
        for k, v in environment.items()
    }


class Redactor:
    """Masks known secret values, and passwords in URLs, in any text."""

    def __init__(self, environment: Mapping[str, str] | None = None) -> None:
        self._values: set[str] = set()
        if environment:
            self.add(v for k, v in environment.items() if is_secret(k, v))

    def add(self, values: Iterable[str]) -> None:
        """Mask these from now on; values under 4 characters would mask half the text and are left.

        Text is often looked at line by line, so each longer line of a key of several lines is masked too.
        """
        for value in values:
            if len(value) >= 4:
                self._values.add(value)
            lines = value.splitlines()
            if len(lines) > 1:
                self._values.update(line.strip() for line in lines if len(line.strip()) >= 8)
            password = _URL_PASSWORD.search(value)
            if password and len(password["secret"]) >= 4:
                self._values.add(password["secret"])

    def __call__(self, text: str) -> str:
        """Return ``text`` with every known secret replaced."""
        for value in sorted(self._values, key=len, reverse=True):
            if value in text:
                text = text.replace(value, MASK)
        return mask_urls(text)
