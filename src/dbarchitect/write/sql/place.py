"""Where an error in a piece of SQL lies."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from dbarchitect.errors import DbarchitectError
from dbarchitect.model.address import address
from dbarchitect.model.routine import Function
from dbarchitect.model.schema import Composite, Domain, Enum, RangeType, Sequence, View
from dbarchitect.model.table import Table
from dbarchitect.write.sql.dependencies import Object
from dbarchitect.write.sql.routine import function_address

_KINDS: dict[type, str] = {
    Enum: "enum", Domain: "domain", Composite: "type", RangeType: "type", Sequence: "sequence", View: "view",
}  # fmt: skip


@contextmanager
def at(place: str) -> Iterator[None]:
    """Give errors that name no place this one."""
    try:
        yield
    except DbarchitectError as error:
        error.place = error.place or place
        raise


def object_address(item: Object) -> str:
    """The address of a type, sequence, function, table or view."""
    if isinstance(item, Table):
        return item.address
    if isinstance(item, Function):
        return function_address(item)
    return address(_KINDS[type(item)], item.schema, item.name)
