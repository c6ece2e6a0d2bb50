"""When to say that something runs out: thresholds that must be passed for a while, both ways."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from machete_tui.core.frozen import dataclass
from machete_tui.core.metrics import Reading, Subject
from machete_tui.core.settings import Settings

BELOW = 5.0
"""Percent below its threshold at which an alert ends."""

NEWS = 30.0
"""Seconds that an alert which ended is remembered: one that comes back within them is not told again."""


class Alert(NamedTuple):
    """Something is above its threshold: of what, which metric, percent of what it may use, the threshold."""

    subject: Subject
    metric: str
    percent: float
    threshold: float

    @property
    def key(self) -> tuple[Subject, str]:
        """What makes it the same alert while its figure moves."""
        return self.subject, self.metric

    def __str__(self) -> str:
        whose = "this machine" if self.subject.kind == "host" else self.subject.name
        words = {"cpu": "CPU", "memory": "memory", "disk": "disk"}
        return f"{words[self.metric]} of {whose} at {self.percent:.0f}% (over {self.threshold:.0f}%)"


@dataclass(slots=True)
class _State:
    since: float
    alert: Alert
    told: bool = False
    ended: float = 0.0


@dataclass(frozen=True, slots=True)
class Change:
    """What one look brought: alerts that began and are to be told, and ones that ended."""

    began: tuple[Alert, ...] = ()
    ended: tuple[Alert, ...] = ()


class Alarm:
    """Remembers what is above its threshold and for how long."""

    def __init__(self, settings: Settings) -> None:
        self._thresholds = {
            "cpu": settings.alert_cpu,
            "memory": settings.alert_memory,
            "disk": settings.alert_disk,
        }
        self._hold = settings.alert_seconds
        self._states: dict[tuple[Subject, str], _State] = {}

    @property
    def active(self) -> tuple[Alert, ...]:
        """What is above its threshold now, worst first."""
        found = [s.alert for s in self._states.values() if s.told and not s.ended]
        return tuple(sorted(found, key=lambda alert: (-alert.percent, alert.subject)))

    def look(self, readings: Mapping[Subject, Reading], at: float) -> Change:
        """Take readings at a time in monotonic seconds; return what changed."""
        began: list[Alert] = []
        ended: list[Alert] = []
        seen: set[tuple[Subject, str]] = set()
        for alert in self._over(readings):
            seen.add(alert.key)
            state = self._states.get(alert.key)
            if state is None:
                self._states[alert.key] = state = _State(at, alert)
            elif state.ended:
                if alert.percent < alert.threshold:
                    continue
                state.ended = 0.0  # it came back soon: it goes on, and is not told again
            elif not state.told and alert.percent < alert.threshold:
                state.since = at
            state.alert = alert
            if not state.told and at - state.since >= self._hold:
                state.told = True
                began.append(alert)
        for key, state in list(self._states.items()):
            if key in seen:
                continue
            if not state.told or (state.ended and at - state.ended > NEWS):
                del self._states[key]
            elif not state.ended:
                state.ended = at
                ended.append(state.alert)
        return Change(tuple(began), tuple(ended))

    def _over(self, readings: Mapping[Subject, Reading]) -> Iterator[Alert]:
        """Yield what is above its threshold, or not far enough below to be over."""
        for subject, reading in readings.items():
            if subject.kind == "service":
                continue  # its containers tell
            for metric, percent in percents(subject, reading):
                threshold = self._thresholds[metric]
                known = (subject, metric) in self._states
                if percent > threshold or (known and percent > threshold - BELOW):
                    yield Alert(subject, metric, percent, threshold)


def percents(subject: Subject, reading: Reading) -> list[tuple[str, float]]:
    """Return (metric, percent of what it may use).

    A container's CPU counts against its limit, or against one core where it has none; its memory only
    against a limit.
    """
    found: list[tuple[str, float]] = []
    if reading.cpu is not None:
        found.append(("cpu", reading.cpu if subject.kind == "host" else reading.cpu / (reading.cpus or 1.0)))
    if reading.memory is not None and reading.limit:
        found.append(("memory", reading.memory / reading.limit * 100))
    if reading.disk is not None and reading.space:
        found.append(("disk", reading.disk / reading.space * 100))
    return found
