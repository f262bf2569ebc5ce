"""One SQL statement and what it is about."""

from __future__ import annotations

from typing import Literal

from dbarchitect.records import dataclass

StatementKind = Literal[
    "setting", "namespace", "extension", "enum", "domain", "composite", "range", "sequence", "function", "table",
    "partition", "constraint", "foreign key", "sequence owner", "index", "replica identity", "statistics", "view",
    "trigger", "row security", "policy", "grant", "comment",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Statement:
    """A statement of DDL.

    Args:
        sql: one statement without a semicolon at the end.
        address: the element that it creates, changes or drops; '' for a setting.
        kind: what sort of element that is.
    """

    sql: str
    address: str
    kind: StatementKind
