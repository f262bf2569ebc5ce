"""Types of the user's own: enums, domains, composites, ranges."""

from __future__ import annotations

from dbarchitect.model.names import qualified, quote
from dbarchitect.model.schema import Composite, Domain, Enum, RangeType
from dbarchitect.model.types import SqlType
from dbarchitect.sql.expression import as_default, guarded
from dbarchitect.sql.quote import literal, reference
from dbarchitect.write.sql.constraint import check_clause


def type_sql(type_: SqlType) -> str:
    """A type as DDL writes it."""
    return guarded(type_.sql())


def enum_sql(enum: Enum) -> str:
    """CREATE TYPE … AS ENUM; long lists of labels take a line each."""
    labels = [literal(label) for label in enum.labels]
    head = f"CREATE TYPE {qualified(enum.schema, enum.name)} AS ENUM ("
    flat = head + ", ".join(labels) + ")"
    if len(flat) <= 100:
        return flat
    return head + "\n  " + ",\n  ".join(labels) + "\n)"


def domain_sql(domain: Domain) -> str:
    """CREATE DOMAIN with its default, checks and NOT NULL; checks that are not validated are added later."""
    lines = [f"CREATE DOMAIN {qualified(domain.schema, domain.name)} AS {type_sql(domain.base)}"]
    if domain.collation:
        lines[0] += f" COLLATE {reference(domain.collation)}"
    if domain.default is not None:
        lines.append(f"DEFAULT {as_default(domain.default)}")
    if not domain.nullable:
        lines.append("NOT NULL")
    lines += [check_clause(check) for check in domain.checks if check.validated]
    return "\n  ".join(lines)


def domain_check_sql(domain: Domain, clause: str) -> str:
    """ALTER DOMAIN … ADD with the clause of a check."""
    return f"ALTER DOMAIN {qualified(domain.schema, domain.name)} ADD {clause}"


def composite_sql(composite: Composite) -> str:
    """CREATE TYPE … AS (…), an attribute a line."""
    width = max((len(quote(name)) for name, _ in composite.attributes), default=0)
    attributes = [f"  {quote(name).ljust(width)} {type_sql(type_)}" for name, type_ in composite.attributes]
    body = "\n" + ",\n".join(attributes) + "\n" if attributes else ""
    return f"CREATE TYPE {qualified(composite.schema, composite.name)} AS ({body})"


def range_sql(range_: RangeType) -> str:
    """CREATE TYPE … AS RANGE."""
    parts = [f"SUBTYPE = {type_sql(range_.subtype)}"]
    if range_.opclass:
        parts.append(f"SUBTYPE_OPCLASS = {reference(range_.opclass)}")
    if range_.collation:
        parts.append(f"COLLATION = {reference(range_.collation)}")
    if range_.multirange:
        name = reference(range_.multirange, range_.schema)
        parts.append(f"MULTIRANGE_TYPE_NAME = {name}")
    return f"CREATE TYPE {qualified(range_.schema, range_.name)} AS RANGE ({', '.join(parts)})"
