"""Foreign keys."""

from __future__ import annotations

from dataclasses import replace

from dbarchitect.migrate.context import Context
from dbarchitect.migrate.element import Element
from dbarchitect.model.constraint import ForeignKey
from dbarchitect.model.names import qualified, quote
from dbarchitect.write.sql.constraint import drop_constraint_sql, foreign_key_sql

KIND, RANK = "foreign key", 17


def create(element: Element, context: Context) -> list[str]:
    """ALTER TABLE … ADD."""
    return [foreign_key_sql(element.owner, element.value)]


def drop(element: Element, context: Context) -> list[str]:
    """ALTER TABLE … DROP CONSTRAINT."""
    return [drop_constraint_sql(element.owner, element.value.name)]


def alter(before: Element, after: Element, context: Context) -> list[str] | None:
    """It can be validated, and made deferrable or not; everything else is another key."""
    old, new = before.value, after.value
    if _plain(old) != _plain(new) or old.enforced != new.enforced or (old.validated and not new.validated):
        return None
    table, statements = qualified(new_owner(after), after.owner.name), []
    if (old.deferrable, old.initially_deferred) != (new.deferrable, new.initially_deferred):
        words = "NOT DEFERRABLE"
        if new.deferrable or new.initially_deferred:
            words = f"DEFERRABLE INITIALLY {'DEFERRED' if new.initially_deferred else 'IMMEDIATE'}"
        statements.append(f"ALTER TABLE {table} ALTER CONSTRAINT {quote(new.name)} {words}")
    if new.validated and not old.validated:
        statements.append(f"ALTER TABLE {table} VALIDATE CONSTRAINT {quote(new.name)}")
    return statements


def new_owner(element: Element) -> str:
    """The schema of the table."""
    schema: str = element.owner.schema
    return schema


def _plain(key: ForeignKey) -> ForeignKey:
    return replace(key, validated=True, deferrable=False, initially_deferred=False)
