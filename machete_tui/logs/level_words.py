"""The words and numbers that programs have for how serious a line is."""

from __future__ import annotations

NONE, TRACE, DEBUG, INFO, WARN, ERROR, FATAL, MORE = range(8)
"""From none said to fatal; MORE goes on from the line before."""

NAMES = ("", "trace", "debug", "info", "warn", "error", "fatal")

WORDS: dict[str, int] = {
    **dict.fromkeys(("trace", "trce", "vrb", "finest", "finer", "silly"), TRACE),
    **dict.fromkeys(("debug", "dbug", "dbg", "verbose", "verb", "fine", "config", "d"), DEBUG),
    **dict.fromkeys(("info", "inf", "information", "notice", "note", "log", "http", "system", "i"), INFO),
    **dict.fromkeys(("warn", "warning", "wrn", "deprecated", "w"), WARN),
    **dict.fromkeys(("error", "err", "eror", "fail", "failure", "severe", "parse error", "e"), ERROR),
    **dict.fromkeys(
        (
            "fatal",
            "ftl",
            "crit",
            "critical",
            "panic",
            "dpanic",
            "emerg",
            "emergency",
            "alert",
            "fatal error",
            "fatal exception",
            "f",
        ),
        FATAL,
    ),
}
"""Lower case word -> level: log4j, logback, Python, zap, Serilog, .NET, syslog, PHP, MongoDB."""

_SYSLOG = (FATAL, FATAL, FATAL, ERROR, WARN, INFO, INFO, DEBUG)


def numbered(number: int) -> int:
    """Return the level of a number: syslog's 0-7, pino's and bunyan's 10-60, Monolog's 100-600."""
    if 0 <= number <= 7:
        return _SYSLOG[number]
    if number < 100:
        return min(max(number // 10, TRACE), FATAL) if number >= 10 else NONE
    for least, level in ((500, FATAL), (400, ERROR), (300, WARN), (200, INFO), (100, DEBUG)):
        if number >= least:
            return level
    return NONE


def named(text: str) -> int:
    """Return the level that a person's word names (``warn`` for ``--level warn``); NONE for no level."""
    return WORDS.get(text.strip().lower(), NONE)
