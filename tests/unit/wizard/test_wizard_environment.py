import dataclasses

from machete_tui.ui.wizard.environment import Pair, check, merge, missing, wanted
from tests.unit.wizard.sample import WEB, WORKER

BOTH = (WEB, WORKER)
TO_WEB = {"web": {"DATABASE_URL": "db"}}


def test_required_names_without_a_value_come_first() -> None:
    found = wanted(BOTH, TO_WEB)
    assert [(w.name, w.required, w.given_by) for w in found] == [
        ("SESSION_SECRET", True, ""),
        ("DATABASE_URL", True, "db"),
        ("LOG_LEVEL", False, ""),
        ("REDIS_URL", False, ""),
    ]
    assert found[0].components == ("web", "worker")


def test_missing_until_every_component_that_needs_it_has_it() -> None:
    names = wanted(BOTH, TO_WEB)
    assert missing(names, (), BOTH, TO_WEB) == ("SESSION_SECRET",)
    assert missing(names, (Pair("SESSION_SECRET", "x", "web"),), BOTH, TO_WEB) == ("SESSION_SECRET",)
    assert missing(names, (Pair("SESSION_SECRET", ""),), BOTH, TO_WEB) == ("SESSION_SECRET",)
    assert missing(names, (Pair("SESSION_SECRET", "x"),), BOTH, TO_WEB) == ()
    assert missing(wanted(BOTH, {}), (Pair("SESSION_SECRET", "x"),), BOTH, {}) == ("DATABASE_URL",)


def test_wrong_pairs_are_told_by_their_place() -> None:
    pairs = (
        Pair("GOOD", "1"),
        Pair("", "orphan"),
        Pair("1BAD", "x"),
        Pair("", ""),
        Pair("GOOD", "2"),
        Pair("GOOD", "3", "web"),
        Pair("FOR", "x", "gone"),
    )
    found = check(pairs, ["web"])
    assert [(p.field, p.warning) for p in found] == [
        ("pair.1", False),
        ("pair.2", False),
        ("pair.4", False),
        ("pair.6", True),
    ]


def test_pasted_values_replace_and_append() -> None:
    pairs = (Pair("A", "old"), Pair("A", "own", "web"), Pair(""))
    assert merge(pairs, {"A": "new", "B": "2"}) == (Pair("A", "new"), Pair("A", "own", "web"), Pair("B", "2"))
    assert merge(pairs, {"A": "new"}, "web") == (Pair("A", "old"), Pair("A", "new", "web"))


def test_a_variable_set_for_one_component_is_still_missing_for_the_other() -> None:
    worker = dataclasses.replace(WORKER, required_env=("DATABASE_URL",))
    names = wanted((WEB, worker), TO_WEB)
    assert next(w for w in names if w.name == "DATABASE_URL").given_by == ""
    assert "DATABASE_URL" in missing(names, (), (WEB, worker), TO_WEB)
    given = (Pair("DATABASE_URL", "postgresql://elsewhere", "worker"), Pair("SESSION_SECRET", "x"))
    assert missing(names, given, (WEB, worker), TO_WEB) == ()


def test_what_the_manifest_sets_is_not_missing() -> None:
    web = dataclasses.replace(WEB, environment={"SESSION_SECRET": "dev", "DATABASE_URL": "sqlite://"})
    names = wanted((web,), {})
    assert {w.name: w.given_by for w in names if w.required} == {
        "DATABASE_URL": "the manifest",
        "SESSION_SECRET": "the manifest",
    }
    assert missing(names, (), (web,), {}) == ()
