"""Whether two databases have the same schema, whatever their OIDs and their history.

A fingerprint is the multiset of all catalog rows that describe user objects, with OIDs replaced by identities,
expression trees by what `pg_get_*def` makes of them, and attribute numbers by their rank among living columns.
Two databases are equal at a level when their rows are; the rows that differ name what differs.

What it does not see, by design: data, positions of sequences, statistics, bloat, roles and their memberships, rights
on the database itself, tablespaces, subscriptions, and functions whose body a rename has broken (their text is the
same). `tests/engines/test_fingerprint_mutations.py` keeps that list honest.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Final

import psycopg

from dbarchitect.engines.fingerprint_levels import LEVELS, Level, Row, reduce_rows
from dbarchitect.engines.fingerprint_queries import build_queries

__all__ = ["LEVELS", "Change", "Fingerprint", "Level", "difference", "fingerprint"]

Connection = psycopg.Connection[tuple[Any, ...]]

# Everything that changes how PostgreSQL writes an expression or a constant back.
SETTINGS: Final = {
    "search_path": "",
    "quote_all_identifiers": "off",
    "datestyle": "ISO, YMD",
    "intervalstyle": "postgres",
    "timezone": "UTC",
    "extra_float_digits": "1",
    "bytea_output": "hex",
    "standard_conforming_strings": "on",
    "lc_monetary": "C",
    "xmlbinary": "base64",
    "row_security": "off",
    "statement_timeout": "120s",
}
_queries: dict[int, list[str]] = {}  # server version number -> queries


@dataclass(frozen=True)
class Fingerprint:
    """The schema of one database at one moment.

    Args:
        rows: (catalog, JSON text) as often as it occurs.
        level: the level that the rows were reduced to.
    """

    rows: frozenset[Row]
    level: Level = "strict"
    _reduced: dict[Level, Fingerprint] = field(default_factory=dict, init=False, repr=False, compare=False)

    @cached_property
    def digest(self) -> str:
        """SHA-256 of the rows, 64 hexadecimal digits: equal for equal schemas of one server version."""
        text = "\n".join("\t".join(row) for row in sorted(self.rows))
        return hashlib.sha256(text.encode()).hexdigest()

    def at(self, level: Level) -> Fingerprint:
        """What is left at a level that ignores more.

        Raises:
            ValueError: the level is unknown, or stricter than this fingerprint.
        """
        if LEVELS.index(level) < LEVELS.index(self.level):
            raise ValueError(f"a fingerprint at level {self.level} knows too little for {level}")
        if level == self.level:
            return self
        if level not in self._reduced:
            self._reduced[level] = Fingerprint(reduce_rows(self.rows, level), level)
        return self._reduced[level]


@dataclass(frozen=True, order=True)
class Change:
    """One catalog row that differs.

    Args:
        catalog: such as `pg_constraint`.
        name: identity of the object, such as `t_pkey on public.t`.
        kind: `only left`, `only right` or `changed`.
        details: for a change (property, left, right); for others all that is known (property, value, None) or
            (property, None, value).
    """

    catalog: str
    name: str
    kind: str
    details: tuple[tuple[str, str | None, str | None], ...] = ()

    def __str__(self) -> str:
        if self.kind != "changed":
            definition = next((left or right for key, left, right in self.details if key in DEFINING), None)
            return f"{self.catalog} {self.name}: {self.kind}" + (f" ({definition})" if definition else "")
        parts = [f"{key} {_shown(left)} -> {_shown(right)}" for key, left, right in self.details]
        return f"{self.catalog} {self.name}: {', '.join(parts)}"


DEFINING: Final = {"adbin", "conbin", "indexprs", "tgqual", "ev_action", "polqual", "prosrc", "dependency"}


def fingerprint(connection: Connection, *, again: bool = False) -> Fingerprint:
    """Read the catalogs of the connected database; nothing is changed.

    Method: prototypes/catalog_fingerprint.py, with search_path and the output formats pinned, temporary objects left
    out, and the public schema and the internal triggers of foreign keys put in.

    Args:
        connection: any open connection, best of a superuser; reading takes some 20 ms for a small schema.
        again: it will be asked more than once, so that its queries are kept planned: a fifth of the time from then on.
            Not for a connection through a pooler.

    Raises:
        psycopg.Error: the role may not read a catalog, or the connection is broken.
    """
    rows: Counter[Row] = Counter()
    with connection.transaction(force_rollback=not again):  # after a rollback the driver forgets its plans
        pin(connection)
        for query in _queries_for(connection):
            rows.update(connection.execute(query.encode(), prepare=again or None).fetchall())
    return Fingerprint(_numbered(rows))


def pin(connection: Connection) -> None:
    """Make the transaction write expressions and constants one way, whatever the session's settings are."""
    calls = ", ".join("pg_catalog.set_config(%s, %s, true)" for _ in SETTINGS)
    connection.execute(f"select {calls}".encode(), [text for setting in SETTINGS.items() for text in setting])


def difference(left: Fingerprint, right: Fingerprint, level: Level = "strict") -> tuple[Change, ...]:
    """The rows that differ at a level, sorted; empty when the two are equal there.

    Rows of the same object are paired, so that a change of one property is one line that names it.

    Args:
        left: one fingerprint.
        right: another one, from a server of the same version.
        level: `strict`, `no-column-order`, `no-automatic-names` or `no-comments-and-grants`; each also ignores what
            the ones before it ignore.
    """
    one, other = left.at(level).rows, right.at(level).rows
    sides = _by_object(one - other), _by_object(other - one)
    found: list[Change] = []
    for key in sorted(sides[0].keys() | sides[1].keys()):
        mine, theirs = sides[0].get(key, []), sides[1].get(key, [])
        pairs = min(len(mine), len(theirs))
        found += [_changed(*key, a, b) for a, b in zip(mine, theirs, strict=False)]
        found += [_lonely(*key, "only left", row) for row in mine[pairs:]]
        found += [_lonely(*key, "only right", row) for row in theirs[pairs:]]
    return tuple(sorted(found))


def _queries_for(connection: Connection) -> list[str]:
    version = connection.info.server_version
    if version not in _queries:
        _queries[version] = [
            f"select catalog, pg_catalog.jsonb_strip_nulls(said)::text from ({query}) x (catalog, said)"
            for query in build_queries(connection)
        ]
    return _queries[version]


def _numbered(rows: Counter[Row]) -> frozenset[Row]:
    """A set that still knows how often a row occurs."""
    found = set()
    for (catalog, text), count in rows.items():
        found.add((catalog, text))
        found.update((catalog, f'{text[:-1]}, "copy": {number}}}') for number in range(2, count + 1))
    return frozenset(found)


def _by_object(rows: frozenset[Row]) -> dict[tuple[str, str], list[dict[str, Any]]]:
    found: dict[tuple[str, str], list[dict[str, Any]]] = {}
    for catalog, text in sorted(rows):
        row = json.loads(text)
        found.setdefault((catalog, str(row.get("object", ""))), []).append(row)
    return found


def _changed(catalog: str, name: str, left: dict[str, Any], right: dict[str, Any]) -> Change:
    keys = sorted(key for key in left.keys() | right.keys() if left.get(key) != right.get(key))
    details = tuple((key, _text(left.get(key)), _text(right.get(key))) for key in keys)
    return Change(catalog, name, "changed", details)


def _lonely(catalog: str, name: str, kind: str, row: dict[str, Any]) -> Change:
    shown = sorted((key, _text(value)) for key, value in row.items() if key != "object")
    mine = kind == "only left"
    return Change(
        catalog, name, kind, tuple((key, text if mine else None, None if mine else text) for key, text in shown)
    )


def _text(value: object) -> str | None:
    return value if value is None or isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _shown(text: str | None) -> str:
    return "(nothing)" if text is None else text
