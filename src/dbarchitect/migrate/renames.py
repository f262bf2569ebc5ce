"""Renames: those that are declared, those that go without saying, and those that one should be asked about.

A difference of two schemas cannot tell a rename from dropping one thing and adding another, and the two differ by
everybody's data. So a rename of a table or a column is declared, or asked about, never guessed. That a constraint or an
index that is the same but for its name gets another name needs no question: nothing is lost either way.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from dbarchitect.engines.canonical import canonical
from dbarchitect.engines.postgres import Server
from dbarchitect.errors import InputError
from dbarchitect.migrate.element import Element, elements
from dbarchitect.model.address import address, parse
from dbarchitect.model.names import object_name, qualified, quote
from dbarchitect.model.schema import Schema
from dbarchitect.model.table import Table
from dbarchitect.records import dataclass
from dbarchitect.sql.quote import literal
from dbarchitect.write.sql.statement import Statement

_WITHIN = ("column", "constraint", "policy", "trigger", "label")
_WORDS = {
    "table": "TABLE",
    "view": "VIEW",
    "index": "INDEX",
    "sequence": "SEQUENCE",
    "enum": "TYPE",
    "domain": "DOMAIN",
    "type": "TYPE",
    "namespace": "SCHEMA",
}


@dataclass(frozen=True, slots=True)
class Rename:
    """One element gets another name.

    Args:
        kind: table, column, index, constraint, policy, trigger, view, sequence, enum, domain, type, namespace or label.
        old: its address before.
        new: its address when all renames are done.
        up: the statement; it names what lies above by its old name.
        down: the statement that takes it back.
    """

    kind: str
    old: str
    new: str
    up: str
    down: str


def declared(renames: Mapping[str, str], old: Schema, new: Schema) -> tuple[Rename, ...]:
    """Renames as a user writes them, checked against both schemas.

    Args:
        renames: `users.name`, `public.users`, `column:public.users.name` or `label:public.status.open`, to a name or
            an address of the same kind.
        old: the schema before.
        new: the schema after.

    Returns:
        In the order in which they can be done: what lies within a table before the table.

    Raises:
        InputError: there is nothing of that name before, or nothing of the new name after.
    """
    known = _addresses(old)
    places = {_source(text, known): _target(target, text) for text, target in sorted(renames.items())}
    found = [_rename(place, name, places, old) for place, name in places.items()]
    wanted = _addresses(new)
    for rename in found:
        if rename.new not in wanted:
            raise _nothing(f"--rename {rename.old}: there is no {rename.new} afterwards", rename.new, wanted)
        if rename.new in known and rename.new not in places:
            raise InputError(
                f"--rename {rename.old}: there is a {rename.new} before, too",
                hint="One of the two must go first, in a migration of its own.",
            )
    return tuple(sorted(found, key=_rank))


def renamed(schema: Schema, renames: tuple[Rename, ...], server: Server) -> Schema:
    """The canonical schema with the renames done by PostgreSQL, so that expressions follow."""
    if not renames:
        return schema
    return canonical(schema, server, then=[Statement(item.up, item.old, "table") for item in renames], renamed=True)


def implied(old: Schema, new: Schema) -> tuple[Rename, ...]:
    """Constraints, indexes and owned sequences that are the same but for their names.

    Args:
        old: the schema before, with the declared renames done.
        new: the schema after.
    """
    before, after = elements(old), elements(new)
    taken = {_last(place) for place in before} | _identity_names(old)
    gone = [item for place, item in before.items() if place not in after and _plain(item)]
    come = [item for place, item in after.items() if place not in before and _plain(item)]
    found = []
    for will in come:
        name = will.value.name
        was = next((item for item in gone if _alike(item, will, old, new)), None)
        if was is None or name in taken:
            continue
        gone.remove(was)
        kind = "constraint" if was.address.startswith("constraint:") else was.kind
        found.append(_statements(kind, was.address, will.address, name))
    found += _identities(old, new, taken)
    return tuple(sorted(found, key=_rank))


def _plain(element: Element) -> bool:
    if element.kind == "sequence":
        return True
    table = element.owner
    if not isinstance(table, Table) or table.partitioning or table.partition_of or table.inherits:
        return False
    return element.kind in ("primary key", "unique", "check", "exclusion", "foreign key", "index")


def _alike(was: Element, will: Element, old: Schema, new: Schema) -> bool:
    if was.kind != will.kind or replace(was.value, name=will.value.name) != will.value:
        return False
    if was.kind != "sequence":
        return bool(was.owner.key == will.owner.key)
    owners = [
        next((item.owned_by for item in schema.sequences if item.name == element.value.name), None)
        for schema, element in ((old, was), (new, will))
    ]
    return owners[0] is not None and owners[0] == owners[1]


def _identities(old: Schema, new: Schema, taken: set[str]) -> Iterator[Rename]:
    """The sequences behind identity columns."""
    tables = {table.key: table for table in new.tables}
    for table in old.tables:
        other = tables.get(table.key)
        if other is None or table.partition_of:
            continue
        for column in table.columns:
            if not column.identity or not other.has(column.name) or not other.column(column.name).identity:
                continue
            was, will = _sequence(table, column), _sequence(other, other.column(column.name))
            if was != will and will not in taken:
                place = address("sequence", table.schema, was)
                yield _statements("sequence", place, address("sequence", table.schema, will), will)


def _sequence(table: Table, column: Any) -> str:
    return column.identity.sequence or object_name(table.name, column.name, "seq")


def _identity_names(schema: Schema) -> set[str]:
    return {_sequence(table, column) for table in schema.tables for column in table.columns if column.identity}


def _last(place: str) -> str:
    try:
        return parse(place)[1][-1]
    except ValueError:
        return ""


def _addresses(schema: Schema) -> set[str]:
    """Everything that can be renamed."""
    found = {place for place in elements(schema) if place.partition(":")[0] in (*_WORDS, *_WITHIN)}
    found |= {address("label", enum.schema, enum.name, label) for enum in schema.enums for label in enum.labels}
    return found | {address("namespace", "public")}


def _source(text: str, known: set[str]) -> str:
    """The address that a user means."""
    try:
        kind, parts = parse(text) if ":" in text.split(".")[0] else ("", parse(f"x:{text}")[1])
    except ValueError:
        raise InputError(f"--rename {text!r} names nothing", hint="Write users.name=full_name.") from None
    if kind:
        tries = [address(kind, *parts)]
    else:
        tries = [address("table", *parts), address("column", *parts)] if len(parts) > 1 else []
        tries += [address("column" if len(parts) > 1 else "table", "public", *parts)]
    for place in tries:
        if place in known:
            return place
    raise _nothing(f"--rename {text}: there is no {tries[-1]} before", tries[-1], known)


def _target(target: str, text: str) -> str:
    """The new name in what may be a name or an address."""
    try:
        if target and ":" in target:
            return parse(target)[1][-1]
        return parse(f"x:{target}")[1][-1] if target.startswith('"') or "." in target else _name(target, text)
    except ValueError:
        raise InputError(f"--rename {text}={target}: that is no name", hint="Write users.name=full_name.") from None


def _name(target: str, text: str) -> str:
    if not target.strip():
        raise InputError(f"--rename {text} has no new name", hint="Write users.name=full_name.")
    return target


def _nothing(message: str, place: str, known: set[str]) -> InputError:
    near = difflib.get_close_matches(place, sorted(known), n=1)
    return InputError(message, hint=f"Did you mean {near[0]}?" if near else None)


def _rename(place: str, name: str, places: Mapping[str, str], schema: Schema) -> Rename:
    kind, parts = parse(place)
    above = list(parts[:-1])
    if kind in ("column", "constraint", "policy", "trigger"):
        above[1] = places.get(address("table", *parts[:2]), above[1])
    if kind == "label":
        above[1] = places.get(address("enum", *parts[:2]), above[1])
    if above:
        above[0] = places.get(address("namespace", parts[0]), above[0])
    if kind == "view" and any(view.materialized for view in schema.views if (view.schema, view.name) == parts):
        kind = "materialized view"
    return _statements(kind, place, address(parse(place)[0], *above, name), name)


def _statements(kind: str, old: str, new: str, name: str) -> Rename:
    parts = parse(old)[1]
    was = parts[-1]
    if kind == "column" or kind == "constraint":
        place = f"ALTER TABLE {qualified(*parts[:2])} RENAME {kind.upper()}"
    elif kind in ("policy", "trigger"):
        up = f"ALTER {kind.upper()} {quote(was)} ON {qualified(*parts[:2])} RENAME TO {quote(name)}"
        return Rename(
            kind, old, new, up, f"ALTER {kind.upper()} {quote(name)} ON {qualified(*parts[:2])} RENAME TO {quote(was)}"
        )
    elif kind == "label":
        place = f"ALTER TYPE {qualified(*parts[:2])} RENAME VALUE"
        up = f"{place} {literal(was)} TO {literal(name)}"
        return Rename(kind, old, new, up, f"{place} {literal(name)} TO {literal(was)}")
    else:
        word = _WORDS.get(kind, kind.upper())
        whole = [".".join(quote(part) for part in (*parts[:-1], end)) for end in (was, name)]
        return Rename(
            kind,
            old,
            new,
            f"ALTER {word} {whole[0]} RENAME TO {quote(name)}",
            f"ALTER {word} {whole[1]} RENAME TO {quote(was)}",
        )
    return Rename(kind, old, new, f"{place} {quote(was)} TO {quote(name)}", f"{place} {quote(name)} TO {quote(was)}")


def _rank(rename: Rename) -> tuple[int, str]:
    return (0 if rename.kind in _WITHIN else 2 if rename.kind == "namespace" else 1), rename.old
