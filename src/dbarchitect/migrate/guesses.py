"""What looks like a rename and was not declared as one: a question, never an answer."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from dbarchitect.migrate.operation import Operation
from dbarchitect.model.decision import Option, Question
from dbarchitect.model.table import Table

KEEP = "no"
"""The value of the option that it is no rename."""


def questions(operations: Iterable[Operation]) -> tuple[Question, ...]:
    """One question for each dropped column or table that an added one may be.

    Args:
        operations: of a difference, without the declared renames.

    Returns:
        With the id `rename:ADDRESS`; the value of an option is the new name, or KEEP.
    """
    items = list(operations)
    return (*_tables(items), *_columns(items))


def _tables(operations: list[Operation]) -> Iterator[Question]:
    gone, come = _of("table", operations)
    for was in gone:
        table: Table = was.element.value
        alike = [item.element.value for item in come if _similar(table, item.element.value)]
        if alike:
            yield _question(was.address, f"{table.schema}.{table.name}", [(item.name, item.name) for item in alike])


def _similar(one: Table, other: Table) -> bool:
    """Whether they lie in one schema and share most of their columns."""
    if one.schema != other.schema or not one.columns or not other.columns:
        return False
    names = {(column.name, column.type.sql()) for column in one.columns}
    others = {(column.name, column.type.sql()) for column in other.columns}
    return 2 * len(names & others) > max(len(names), len(others))


def _columns(operations: list[Operation]) -> Iterator[Question]:
    gone, come = _of("column", operations)
    tables = {(item.action, item.address) for item in operations if item.kind == "table"}
    for was in gone:
        table: Table = was.element.owner
        if ("drop", table.address) in tables or was.element.value.generated:
            continue
        alike = [
            item.element.value.name
            for item in come
            if item.element.owner.key == table.key
            and item.element.value.type == was.element.value.type
            and not item.element.value.generated
        ]
        if alike:
            name = f"{table.schema}.{table.name}.{was.element.value.name}"
            yield _question(was.address, name, [(new, new) for new in alike])


def _of(kind: str, operations: list[Operation]) -> tuple[list[Operation], list[Operation]]:
    """(dropped, created) of one kind; what is only made again is neither."""
    found = [item for item in operations if item.kind == kind]
    drops = {item.address for item in found if item.action == "drop"}
    creates = {item.address for item in found if item.action == "create"}
    return (
        [item for item in found if item.action == "drop" and item.address not in creates],
        [item for item in found if item.action == "create" and item.address not in drops],
    )


def _question(place: str, name: str, alike: list[tuple[str, str]]) -> Question:
    options = [Option(value, f"--rename {name}={value}: it keeps what is in it") for value, _ in alike]
    nothing = Option(KEEP, "it is dropped with what is in it, and the new one begins empty")
    ask = f"Was {name} renamed to {' or '.join(value for value, _ in alike)}?"
    return Question(f"rename:{place}", ask, KEEP, (*options, nothing), place)
