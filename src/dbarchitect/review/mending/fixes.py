"""Fixes: each function says how to mend one thing, as edits of the TypeScript where it stands there, and as DDL.

`title` and `safety` are the function's own judgement unless they are given. A fix without edits is `display`: somebody
has to do it by hand. Renaming is never a fix.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Literal

from dbarchitect.model.column import Column
from dbarchitect.model.constraint import Action, Check, ForeignKey, PrimaryKey, Unique
from dbarchitect.model.finding import Edit, Fix
from dbarchitect.model.index import Index
from dbarchitect.model.table import Table
from dbarchitect.model.types import SqlType
from dbarchitect.review.mending import columns, ddl, places, retyping
from dbarchitect.review.mending.site import site
from dbarchitect.review.subject import Subject
from dbarchitect.write.drizzle.naming_foreign_keys import can_be_inline, default_foreign_key_name

Safety = Literal["safe", "unsafe", "display"]
Constraint = PrimaryKey | Unique | ForeignKey | Check


def display(title: str, *statements: str) -> Fix:
    """A fix that only says what to do, and what it means for the database."""
    return Fix(title, "display", ddl=statements)


def add_index(
    subject: Subject, table: Table, index: Index, *, title: str | None = None, safety: Safety | None = None
) -> Fix:
    """Add an index. Safe, unless it is unique: then rows may stand in its way."""
    own: Safety = "unsafe" if index.unique else "safe"
    what = "unique index" if index.unique else "index"
    return _added(subject, table, index, title or f"add the {what} {index.name}", safety or own)


def add_unique(
    subject: Subject, table: Table, unique: Unique, *, title: str | None = None, safety: Safety | None = None
) -> Fix:
    """Add a unique constraint; rows may stand in its way."""
    said = title or f"make {', '.join(unique.columns)} unique in {table.name}"
    return _added(subject, table, unique, said, safety or "unsafe")


def add_check(
    subject: Subject, table: Table, check: Check, *, title: str | None = None, safety: Safety | None = None
) -> Fix:
    """Add a check; rows may break it."""
    return _added(subject, table, check, title or f"add the check {check.name}", safety or "unsafe")


def add_primary_key(
    subject: Subject, table: Table, key: PrimaryKey, *, title: str | None = None, safety: Safety | None = None
) -> Fix:
    """Add a primary key; rows may stand in its way."""
    said = title or f"make {', '.join(key.columns)} the primary key of {table.name}"
    return _added(subject, table, key, said, safety or "unsafe")


def add_foreign_key(
    subject: Subject, table: Table, key: ForeignKey, *, title: str | None = None, safety: Safety | None = None
) -> Fix:
    """Add a foreign key; rows may point at nothing. One that stands with its column has the name that Drizzle makes."""
    if subject.declared_table(table.key) and can_be_inline(table.name, key):
        key = replace(key, name=default_foreign_key_name(table.name, key, subject.line or "0.45"))
    said = title or f"let {', '.join(key.columns)} refer to {key.target_table}"
    return _added(subject, table, key, said, safety or "unsafe")


def drop_index(
    subject: Subject, table: Table, index: Index, *, title: str | None = None, safety: Safety | None = None
) -> Fix:
    """Drop an index; a query may need it, a rule may be gone with it."""
    return _dropped(subject, table, index, title or f"drop the index {index.name}", safety or "unsafe")


def drop_constraint(
    subject: Subject, table: Table, constraint: Constraint, *, title: str | None = None, safety: Safety | None = None
) -> Fix:
    """Drop a constraint."""
    return _dropped(subject, table, constraint, title or f"drop the constraint {constraint.name}", safety or "unsafe")


def replace_index(
    subject: Subject, table: Table, old: Index, new: Index, *, title: str | None = None, safety: Safety | None = None
) -> Fix:
    """Put one index in the place of another. Safe when neither is unique."""
    own: Safety = "unsafe" if old.unique or new.unique else "safe"
    return _replaced(subject, table, old, new, title or f"replace the index {old.name}", safety or own)


def replace_constraint(
    subject: Subject,
    table: Table,
    old: Constraint | Index,
    new: Constraint | Index,
    *,
    title: str | None = None,
    safety: Safety | None = None,
) -> Fix:
    """Put a constraint or an index in the place of another one."""
    return _replaced(subject, table, old, new, title or f"replace {old.name}", safety or "unsafe")


def set_not_null(
    subject: Subject, table: Table, column: str, *, title: str | None = None, safety: Safety | None = None
) -> Fix:
    """Make a column required; rows may lack a value."""
    place = site(subject, table)
    edits = columns.not_null(place, column) if place else ()
    statement = ddl.alter_column(table, column, "SET NOT NULL")
    return _of_column(subject, table, column, edits, [statement], title or f"make {column} required", safety)


def change_type(
    subject: Subject,
    table: Table,
    column: str,
    kind: SqlType,
    using: str | None = None,
    *,
    title: str | None = None,
    safety: Safety | None = None,
) -> Fix:
    """Give a column another type; PostgreSQL rewrites the table where the bytes differ.

    Without edits where something else depends on the type that the column has.

    Args:
        subject: what is reviewed.
        table: the table.
        column: the column's name.
        kind: the new type.
        using: the expression that makes new values of old ones, as SQL.
        title: what the fix does.
        safety: how safe it is.
    """
    place = site(subject, table)
    free = place is not None and not retyping.holds(subject.facts, table, column, kind)
    edits = columns.retyped(place, column, table.column(column).type, kind) if place and free else ()
    statement = ddl.retype(table, column, kind, using)
    return _of_column(subject, table, column, edits, [statement], title or f"make {column} a {kind.sql()}", safety)


def set_default(
    subject: Subject,
    table: Table,
    column: str,
    expression: str,
    *,
    title: str | None = None,
    safety: Safety | None = None,
) -> Fix:
    """Give a column a default, an SQL expression."""
    place = site(subject, table)
    edits = columns.defaulted(place, column, table.column(column).type, expression) if place else ()
    statement = ddl.set_default(table, column, expression)
    return _of_column(subject, table, column, edits, [statement], title or f"give {column} a default", safety)


def drop_default(
    subject: Subject, table: Table, column: str, *, title: str | None = None, safety: Safety | None = None
) -> Fix:
    """Take a column's default away; inserts that relied on it fail."""
    place = site(subject, table)
    edits = columns.without_default(place, column) if place else ()
    statement = ddl.alter_column(table, column, "DROP DEFAULT")
    return _of_column(subject, table, column, edits, [statement], title or f"drop the default of {column}", safety)


def set_on_delete(
    subject: Subject,
    table: Table,
    key: ForeignKey,
    action: Action,
    *,
    title: str | None = None,
    safety: Safety | None = None,
) -> Fix:
    """Say what happens to the rows that refer when the row that they refer to is deleted."""
    place = site(subject, table)
    edits = columns.on_delete(place, key, action) if place else ()
    changed = replace(key, on_delete=action)
    statements = [] if key.on_delete == action else [ddl.drop(table, key), ddl.add(table, changed)]
    return _of_column(subject, table, key.columns[0], edits, statements, title or f"say onDelete: '{action}'", safety)


def add_column(
    subject: Subject, table: Table, column: Column, *, title: str | None = None, safety: Safety | None = None
) -> Fix:
    """Add a column. Safe where rows need no value for it, or get one by a default."""
    place = site(subject, table)
    edits = columns.added(place, column) if place else ()
    own: Safety = "safe" if column.nullable or column.default is not None else "unsafe"
    return _fix(title or f"add the column {column.name}", safety or own, edits, [ddl.add_column(table, column)])


def modify_column(
    subject: Subject,
    table: Table,
    column: str,
    modifier: str,
    *,
    title: str | None = None,
    safety: Safety | None = None,
) -> Fix:
    """Put a modifier that the database does not see behind a column's chain, such as `$onUpdate(() => new Date())`."""
    place = site(subject, table)
    edits = columns.modified(place, column, modifier) if place else ()
    return _of_column(subject, table, column, edits, [], title or f"add .{modifier}", safety or "safe")


def _added(subject: Subject, table: Table, thing: Constraint | Index, title: str, safety: Safety) -> Fix:
    place = site(subject, table)
    return _fix(title, safety, places.added(place, thing) if place else (), [ddl.add(table, thing)])


def _dropped(subject: Subject, table: Table, thing: Constraint | Index, title: str, safety: Safety) -> Fix:
    place = site(subject, table)
    return _fix(title, safety, places.dropped(place, thing) if place else (), [ddl.drop(table, thing)])


def _replaced(
    subject: Subject, table: Table, old: Constraint | Index, new: Constraint | Index, title: str, safety: Safety
) -> Fix:
    place = site(subject, table)
    edits = places.replaced(place, old, new) if place else ()
    return _fix(title, safety, edits, [ddl.drop(table, old), ddl.add(table, new)])


def _of_column(
    subject: Subject,
    table: Table,
    column: str,
    edits: Iterable[Edit],
    statements: Iterable[str],
    title: str,
    safety: Safety | None,
) -> Fix:
    declared = subject.declared_column(table.key, column)
    if declared is not None and declared.shared:
        return _fix(f"{title}, in every table that shares the column", "unsafe", edits, statements)
    return _fix(title, safety or "unsafe", edits, statements)


def _fix(title: str, safety: Safety, edits: Iterable[Edit], statements: Iterable[str]) -> Fix:
    made = tuple(edits)
    return Fix(title, safety if made else "display", made, tuple(statements))
