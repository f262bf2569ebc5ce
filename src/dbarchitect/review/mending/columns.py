"""Edits for columns: modifiers, types, defaults, actions of references, and whole columns."""

from __future__ import annotations

from dbarchitect.model.column import Column
from dbarchitect.model.constraint import Action, ForeignKey
from dbarchitect.model.names import camel
from dbarchitect.model.types import SqlType
from dbarchitect.review.mending import builders, chains, options
from dbarchitect.review.mending.imports import Imports
from dbarchitect.review.mending.items import append
from dbarchitect.review.mending.site import Edits, Site
from dbarchitect.write.drizzle.typescript import property_key


def not_null(place: Site, column: str) -> Edits:
    """Append `.notNull()`."""
    found = place.column(column)
    if found is None or found[0].modifier("notNull"):
        return ()
    return (chains.append(found[1], found[0].chain, "notNull()"),)


def modified(place: Site, column: str, modifier: str) -> Edits:
    """Append any modifier that is not there; a moment is a string where the column's mode says so."""
    found = place.column(column)
    if found is None or found[0].modifier(modifier.split("(")[0]):
        return ()
    mode = options.option(found[1], found[0].chain[0], "mode") or ""
    if mode.strip("'\"") == "string":
        modifier = modifier.replace("new Date()", "new Date().toISOString()")
    return (chains.append(found[1], found[0].chain, modifier),)


def retyped(place: Site, column: str, old: SqlType, new: SqlType) -> Edits:
    """Change the builder, or its options."""
    found = place.column(column)
    if found is None:
        return ()
    return tuple(builders.retyped(found[1], Imports(found[1]), found[0], old, new) or ())


def defaulted(place: Site, column: str, kind: SqlType, expression: str) -> Edits:
    """Set or replace the default."""
    found = place.column(column)
    if found is None:
        return ()
    written, script = found
    imports = Imports(script)
    modifier = builders.default_modifier(script, imports, kind, expression)
    old = written.modifier(*builders.DEFAULTS)
    if old is not None and old.name not in builders.DEFAULTS[:3]:
        return ()
    edit = (
        chains.replace(script, old, modifier) if old else script.alone(chains.append(script, written.chain, modifier))
    )
    return (edit, *imports.edits)


def without_default(place: Site, column: str) -> Edits:
    """Take the default out."""
    found = place.column(column)
    call = found[0].modifier(*builders.DEFAULTS[:3]) if found else None
    return (chains.remove(found[1], call),) if found and call else ()


def on_delete(place: Site, key: ForeignKey, action: Action) -> Edits:
    """Set the action where the foreign key is written."""
    entry = place.entry(key)
    if entry is not None:
        script = place.script
        modifier = f"onDelete({script.literal(action)})"
        old = next((call for call in entry.chain[1:] if call.name == "onDelete"), None)
        added = script.alone(chains.append(script, entry.chain, modifier))
        return (chains.replace(script, old, modifier) if old else added,)
    found = place.column(key.columns[0]) if len(key.columns) == 1 else None
    call = found[0].modifier("references") if found else None
    if found is None or call is None:
        return ()
    return options.set_option(found[1], call, "onDelete", found[1].literal(action)) or ()


def added(place: Site, column: Column) -> Edits:
    """Put a column behind the others."""
    span = place.declared.columns_span
    node = place.script.node_of(span, "object") if span is not None else None
    key = camel(column.name)
    if node is None or any(key == known.key for known in place.declared.columns):
        return ()
    imports = Imports(place.script)
    text = builders.column_entry(place.script, imports, column)
    if text is None:
        return ()
    return (*append(place.script, node, f"{property_key(key)}: {text}"), *imports.edits)
