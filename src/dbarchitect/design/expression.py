"""SQL pieces of checks, defaults and conditions: identifiers that read well, literals that cannot escape."""

from __future__ import annotations

import re

from dbarchitect.design.wordlist import wordlist
from dbarchitect.model.names import quote

_PLAIN = re.compile(r"[a-z_][a-z0-9_]*\Z")

# pg_get_keywords() of PostgreSQL 18 where catcode is R, T or C: words that may not stand bare wherever a column may.
_KEYWORDS = wordlist(
    """all analyse analyze and any array as asc asymmetric authorization between bigint binary bit boolean both
    case cast char character check coalesce collate collation column concurrently constraint create cross
    current_catalog current_date current_role current_schema current_time current_timestamp current_user dec
    decimal default deferrable desc distinct do else end except exists extract false fetch float for foreign
    freeze from full grant greatest group grouping having ilike in initially inner inout int integer intersect
    interval into is isnull join json json_array json_arrayagg json_exists json_object json_objectagg json_query
    json_scalar json_serialize json_table json_value lateral leading least left like limit localtime
    localtimestamp merge_action national natural nchar none normalize not notnull null nullif numeric offset on
    only or order out outer overlaps overlay placing position precision primary real references returning right
    row select session_user setof similar smallint some substring symmetric system_user table tablesample then
    time timestamp to trailing treat trim true union unique user using values varchar variadic verbose when
    where window with xmlattributes xmlconcat xmlelement xmlexists xmlforest xmlnamespaces xmlparse xmlpi
    xmlroot xmlserialize xmltable"""
)


def ident(name: str) -> str:
    """A column's name inside an expression: bare where PostgreSQL reads it back as it is, quoted otherwise."""
    return name if _PLAIN.match(name) and name not in _KEYWORDS else quote(name)


def literal(text: str) -> str:
    """A string literal of SQL with standard-conforming strings.

    Raises:
        ValueError: for a NUL, which PostgreSQL has no way to write.
    """
    if "\0" in text:
        raise ValueError("a text with a NUL cannot be written in SQL")
    return "'" + text.replace("'", "''") + "'"


def live(column: str = "deleted_at") -> str:
    """The condition that keeps soft-deleted rows out of an index."""
    return f"{ident(column)} is null"
