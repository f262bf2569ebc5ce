"""The WHERE of an emitted query: conditions of the query builder as text."""

from __future__ import annotations

from collections.abc import Iterable

from dbarchitect.write.drizzle.subject import Field, Subject


def tenant_condition(subject: Subject) -> list[str]:
    """The filter by tenant; [] for a table that belongs to nobody."""
    if subject.tenant is None:
        return []
    return [f"withOrgFilter({subject.names.variable}, {subject.project.tenant})"]


def live_condition(subject: Subject) -> list[str]:
    """The filter that leaves out deleted rows; [] where rows are not soft-deleted."""
    return [f"active({subject.names.variable})"] if subject.soft else []


def key_condition(subject: Subject) -> list[str]:
    """Equality on the key beside the tenant."""
    return [equals(field, name) for field, name in key_parameters(subject)]


def key_parameters(subject: Subject) -> list[tuple[Field, str]]:
    """The fields of the key with the names of the parameters that carry them."""
    return [(field, parameter_name(field)) for field in subject.key]


def equals(field: Field, value: str) -> str:
    """`eq(table.column, value)`."""
    return f"eq({field.reference}, {value})"


def where(conditions: Iterable[str]) -> str:
    """`.where(…)`; '' without conditions."""
    listed = list(conditions)
    return f".where({both(listed)})" if listed else ""


def both(conditions: Iterable[str]) -> str:
    """All conditions as one expression."""
    listed = list(conditions)
    return listed[0] if len(listed) == 1 else f"and({', '.join(listed)})"


# Names that queries use for something else, so that no parameter may hide them.
_TAKEN_WORDS = """
db tx organizationId values changes cursor limit options offset size rows row where term query from until
deletedAt used months groups and asc desc eq gt gte inArray isNotNull isNull lt lte sql active after capped
listing page place inserted
"""
_TAKEN = frozenset(_TAKEN_WORDS.split())


def parameter_name(field: Field) -> str:
    """The parameter that carries a value of the field: its property, unless the query needs that name itself."""
    from dbarchitect.write.drizzle.typescript import RESERVED

    name = field.prop
    return f"{name}_" if name in _TAKEN or name in RESERVED else name
