"""The cheap dataclass behaves as the standard one, and mypy takes it for that."""

from __future__ import annotations

import copy
import dataclasses
import pickle
from typing import Any, Generic, TypeVar

import pytest

from machete_tui.core.frozen import dataclass

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Point:
    """Two numbers and what goes with them."""

    x: int
    y: int = 2
    tags: list[str] = dataclasses.field(default_factory=list)
    note: str = dataclasses.field(default="", compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Named(Point):
    """A point with a name."""

    name: str = "origin"


@dataclass(frozen=True, slots=True)
class Nothing:
    """No fields."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Only:
    """By name only."""

    a: int
    b: int = 0


@dataclass(frozen=True, slots=True)
class Box(Generic[T]):
    """Holds anything."""

    value: T


@dataclass(frozen=True, slots=True)
class Doubled:
    """Says what is computed after the rest."""

    x: int
    twice: int = dataclasses.field(init=False, default=0)

    def __post_init__(self) -> None:
        object.__setattr__(self, "twice", self.x * 2)

    def __repr__(self) -> str:
        return "mine"


def test_it_is_made_from_positions_names_and_defaults() -> None:
    point = Point(1, note="here")
    assert (point.x, point.y, point.tags, point.note) == (1, 2, [], "here")
    assert Point(1).tags is not Point(1).tags
    assert Named(1, 3, name="a").name == "a"
    assert Only(a=1) == Only(a=1, b=0)
    assert Box[int](3).value == 3
    assert Doubled(4).twice == 8


@pytest.mark.parametrize("args", [(), (1, 2, [], "", 5)])
def test_wrong_arguments_are_refused(args: tuple[Any, ...]) -> None:
    with pytest.raises(TypeError, match="__init__"):
        Point(*args)
    with pytest.raises(TypeError):
        Only(1)  # type: ignore[call-arg]


def test_it_cannot_be_changed() -> None:
    point = Point(1)
    with pytest.raises(dataclasses.FrozenInstanceError):
        point.x = 2  # type: ignore[misc]
    with pytest.raises(dataclasses.FrozenInstanceError):
        del point.x
    with pytest.raises(AttributeError):
        point.other = 2  # type: ignore[attr-defined]
    assert not hasattr(point, "__dict__")


def test_equality_hash_and_text() -> None:
    assert Nothing() == Nothing()
    assert hash(Nothing()) == hash(Nothing())
    assert Point(1, note="a") == Point(1, note="b")
    assert Point(1) != Point(2)
    assert Point(1) != Named(1)
    other: object = 1
    assert Point(1) != other
    assert len({Only(a=1), Only(a=1), Only(a=2)}) == 2
    assert repr(Named(1)) == "Named(x=1, y=2, tags=[], name='origin')"
    assert repr(Doubled(1)) == "mine"


def test_the_standard_functions_work_on_it() -> None:
    named = Named(1, tags=["t"])
    assert [f.name for f in dataclasses.fields(named)] == ["x", "y", "tags", "note", "name"]
    assert dataclasses.replace(named, y=5) == Named(1, 5, ["t"])
    assert dataclasses.asdict(named) == {"x": 1, "y": 2, "tags": ["t"], "note": "", "name": "origin"}
    assert copy.deepcopy(named) == named
    assert copy.copy(named) == named
    assert pickle.loads(pickle.dumps(named)) == named
    match named:
        case Point(x, y):
            assert (x, y) == (1, 2)


def test_what_is_not_frozen_is_the_standard_one() -> None:
    @dataclass(slots=True)
    class Loose:
        x: int = 1

    loose = Loose()
    loose.x = 2
    assert loose == Loose(2)
