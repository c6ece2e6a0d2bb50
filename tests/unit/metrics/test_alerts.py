"""Alerts: after a while, once, and not over again for what hovers at its threshold."""

from __future__ import annotations

from machete_tui.core.alerts import NEWS, Alarm, Alert
from machete_tui.core.metrics import HOST, Reading, Subject
from machete_tui.core.settings import Settings

WEB = Subject("container", "shop-web-1")
MIB = 1 << 20


def alarm() -> Alarm:
    return Alarm(Settings(alert_seconds=10.0))


def look(alarm: Alarm, at: float, cpu: float) -> tuple[tuple[str, ...], tuple[str, ...]]:
    change = alarm.look({WEB: Reading(cpu=cpu)}, at)
    return tuple(a.metric for a in change.began), tuple(a.metric for a in change.ended)


def test_it_is_told_after_a_while_and_once() -> None:
    it = alarm()
    assert look(it, 0, 95) == ((), ())
    assert not it.active
    assert look(it, 9, 95) == ((), ())
    assert look(it, 10, 97) == (("cpu",), ())
    assert list(it.active) == [Alert(WEB, "cpu", 97, 90.0)]
    assert look(it, 11, 99) == ((), ())
    assert str(it.active[0]) == "CPU of shop-web-1 at 99% (over 90%)"


def test_a_short_peak_is_none() -> None:
    it = alarm()
    look(it, 0, 95)
    look(it, 5, 88)
    look(it, 6, 95)
    assert look(it, 12, 95) == ((), ())
    assert look(it, 16, 95) == (("cpu",), ())


def test_it_ends_well_below_and_not_just_below() -> None:
    it = alarm()
    look(it, 0, 95)
    look(it, 10, 95)
    assert look(it, 11, 87) == ((), ())
    assert it.active
    assert look(it, 12, 84) == ((), ("cpu",))
    assert it.active == ()


def test_what_comes_back_at_once_is_not_told_again() -> None:
    it = alarm()
    look(it, 0, 95)
    look(it, 10, 95)
    look(it, 12, 50)
    assert look(it, 14, 88) == ((), ())
    assert it.active == ()
    assert look(it, 15, 96) == ((), ())
    assert it.active != ()
    look(it, 16, 50)
    look(it, 17 + NEWS, 50)
    look(it, 18 + NEWS, 95)
    assert look(it, 28 + NEWS, 95) == (("cpu",), ())


def test_each_figure_counts_against_its_own_limit() -> None:
    it = Alarm(Settings(alert_seconds=0.0))
    readings = {
        WEB: Reading(cpu=48.0, cpus=0.5, memory=97 * MIB, limit=100 * MIB),
        Subject("container", "wide"): Reading(cpu=180.0, cpus=4.0, memory=900 * MIB),
        Subject("service", "shop"): Reading(cpu=500.0),
        HOST: Reading(cpu=50.0, memory=10.0, limit=100, disk=95.0, space=100),
    }
    it.look(readings, 1)
    assert {(str(a.subject), a.metric, a.percent) for a in it.active} == {
        ("shop-web-1", "cpu", 96.0),
        ("shop-web-1", "memory", 97.0),
        ("host", "disk", 95.0),
    }


def test_what_is_gone_alerts_no_more() -> None:
    it = alarm()
    look(it, 0, 95)
    look(it, 10, 95)
    change = it.look({}, 11)
    assert [a.metric for a in change.ended] == ["cpu"]
    assert it.active == ()


def test_thresholds_are_settings() -> None:
    it = Alarm(Settings(alert_cpu=30.0, alert_seconds=0.0))
    assert look(it, 0, 31) == (("cpu",), ())
