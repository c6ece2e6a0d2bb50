"""``@dataclass(frozen=True, slots=True)`` at a tenth of its price, for programs that are short.

The standard decorator compiles six functions for each class, 0.3 ms; more than a hundred classes stand
between exec and the first paint, and a command needs few of their functions. Here ``__init__`` is compiled
when the first object is made, and the other functions are shared by all classes: same signature, same
behaviour, and :mod:`dataclasses` (``fields``, ``replace``, ``asdict``) works on the classes as on its own.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from operator import attrgetter
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from dataclasses import dataclass as dataclass
else:

    def dataclass(cls=None, /, *, frozen=False, slots=False, **more):
        """Make a class a dataclass; one that is not both frozen and slotted is left to the standard way."""

        def made(cls):
            if frozen and slots and set(more) <= {"kw_only"}:
                return _made(cls, **more)
            return dataclasses.dataclass(frozen=frozen, slots=slots, **more)(cls)

        return made if cls is None else made(cls)


def _made(cls: type[Any], *, kw_only: bool = False) -> type[Any]:
    own = vars(cls)
    made = dataclasses.dataclass(init=False, repr=False, eq=False, slots=True, kw_only=kw_only)(cls)
    for name, function in _SHARED.items():
        if name not in own:
            setattr(made, name, function)
    compared = [f.name for f in dataclasses.fields(made) if f.compare]
    made.__values__ = staticmethod(attrgetter(*compared) if compared else _nothing)
    if "__init__" not in own:
        made.__init__ = _first(made)
    return made


def _nothing(_: object) -> None:
    """Return what all objects without fields have in common."""


def _first(cls: type[Any]) -> Callable[..., None]:
    """Return what stands for a class's ``__init__`` until it is called."""

    def first(self: Any, *args: Any, **kwargs: Any) -> None:
        if cls.__init__ is first:
            cls.__init__ = _compiled(cls)
        cls.__init__(self, *args, **kwargs)

    return first


def _compiled(cls: type[Any]) -> Callable[..., None]:
    """Return a class's ``__init__``: one assignment a field, straight into its slot."""
    space: dict[str, Any] = {}
    positional: list[str] = ["self"]
    named: list[str] = []
    body: list[str] = []
    for field in dataclasses.fields(cls):
        name = field.name
        space[f"set_{name}"] = getattr(cls, name).__set__
        value = name
        if field.default is not dataclasses.MISSING:
            space[f"default_{name}"] = field.default
            word = f"{name}=default_{name}"
            value = name if field.init else f"default_{name}"
        elif field.default_factory is not dataclasses.MISSING:
            space[f"make_{name}"], space["missing"] = field.default_factory, dataclasses.MISSING
            word = f"{name}=missing"
            value = f"(make_{name}() if {name} is missing else {name})" if field.init else f"make_{name}()"
        elif field.init:
            word = name
        else:
            continue
        if field.init:
            (named if field.kw_only else positional).append(word)
        body.append(f" set_{name}(self, {value})")
    if hasattr(cls, "__post_init__"):
        body.append(" self.__post_init__()")
    words = ", ".join([*positional, *(["*", *named] if named else [])])
    exec("\n".join([f"def __init__({words}):", *(body or [" pass"])]), space)
    init: Callable[..., None] = space["__init__"]
    init.__qualname__ = f"{cls.__qualname__}.__init__"
    return init


def _eq(self: Any, other: Any) -> Any:
    if other.__class__ is self.__class__:
        values = self.__values__
        return values(self) == values(other)
    return NotImplemented


def _hash(self: Any) -> int:
    return hash(self.__values__(self))


def _repr(self: Any) -> str:
    shown = (f"{f.name}={getattr(self, f.name)!r}" for f in dataclasses.fields(self) if f.repr)
    return f"{type(self).__qualname__}({', '.join(shown)})"


def _set(self: Any, name: str, value: object) -> None:
    raise dataclasses.FrozenInstanceError(f"cannot assign to field {name!r}")


def _delete(self: Any, name: str) -> None:
    raise dataclasses.FrozenInstanceError(f"cannot delete field {name!r}")


def _state(self: Any) -> list[Any]:
    return [getattr(self, f.name) for f in dataclasses.fields(self)]


def _restore(self: Any, state: list[Any]) -> None:
    for field, value in zip(dataclasses.fields(self), state, strict=True):
        object.__setattr__(self, field.name, value)


_SHARED: dict[str, Callable[..., Any]] = {
    "__eq__": _eq,
    "__hash__": _hash,
    "__repr__": _repr,
    "__setattr__": _set,
    "__delattr__": _delete,
    "__getstate__": _state,
    "__setstate__": _restore,
}
