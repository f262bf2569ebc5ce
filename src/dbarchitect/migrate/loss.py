"""What an operation takes away that no way back gives back."""

from __future__ import annotations

from collections.abc import Mapping

from dbarchitect.migrate.company import Key
from dbarchitect.migrate.conversions import loses
from dbarchitect.migrate.operation import Operation
from dbarchitect.model.plan import Hazard

NAMES: Mapping[str, str] = {
    "drop-table": "DL01",
    "drop-column": "DL02",
    "narrow-type": "DL04",
    "lost-for-good": "DL13",
}
"""Names of losses, with their codes."""


def lost(operation: Operation, leader: Key) -> Hazard | None:
    """What is lost, said to the one who runs it; None when a way back gives everything back.

    Args:
        operation: one.
        leader: the operation that it comes along with, itself when it stands alone.
    """
    element = operation.element
    place = operation.address
    if operation.action == "drop" and operation.kind == "table" and not element.value.partitioning:
        return _hazard("drop-table", "error", f"{place} is dropped with all of its rows", place)
    if operation.action == "drop" and operation.kind == "column":
        if leader[1].startswith("table:") or (element.value.generated and not element.owner.partition_of):
            return None
        return _hazard("drop-column", "error", f"{place} is dropped with its values", place)
    if operation.action == "drop" and operation.kind == "sequence":
        return _hazard("lost-for-good", "warning", f"{place} is dropped, and where it had counted to", place)
    if operation.action == "alter" and operation.kind == "column":
        old, new = (element.value for element in operation.both)
        if loses(old.type, new.type):
            what = f"{old.type.sql()} to {new.type.sql()}"
            return _hazard("narrow-type", "warning", f"{place}: values may change from {what} for good", place)
    return None


def fails(operation: Operation) -> Hazard | None:
    """A new column that must not be null and gets no value: it cannot be added to a table with rows.

    Args:
        operation: that creates something on a table that is there before.
    """
    element = operation.element
    if operation.kind != "column" or element.value.nullable or element.value.generated or element.value.identity:
        return None
    if element.owner.column(element.value.name).default is not None:
        return None
    return Hazard(
        "DL07",
        "add-required-column",
        "error",
        f"{operation.address} must not be null and has no default: it cannot be added to a table with rows (23502)",
        operation.address,
        "Give it a default, or add it as nullable, fill it, and make it NOT NULL in a plan of its own.",
    )


def _hazard(name: str, severity: str, message: str, place: str) -> Hazard:
    safe = {
        "drop-table": "Rename it first, and drop it when nobody has missed it.",
        "drop-column": "Stop reading and writing it first, and keep a copy of what is in it.",
        "narrow-type": "Keep the old column until the new one has proved right.",
        "lost-for-good": "Write down its last value.",
    }[name]
    return Hazard(NAMES[name], name, "error" if severity == "error" else "warning", message, place, safe)
