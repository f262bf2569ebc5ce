"""One emitted query function: its text and what the catalogue says of it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from dbarchitect.records import dataclass
from dbarchitect.write.drizzle.catalogue import Parameter, QueryKind, QuerySpec
from dbarchitect.write.drizzle.code import render
from dbarchitect.write.drizzle.conditions import key_parameters
from dbarchitect.write.drizzle.subject import Field, Subject
from dbarchitect.write.drizzle.typescript import identifier

LIST_OPTIONS = "{ cursor, limit }: ListOptions = {}"
PAGE_OPTIONS = "options: PageOptions = {}"


@dataclass(frozen=True, slots=True)
class Argument:
    """A parameter with the way it is written: `customerId: string`."""

    parameter: Parameter
    text: str


@dataclass(frozen=True, slots=True)
class Query:
    """A query function: what it is and its TypeScript."""

    spec: QuerySpec
    text: str


def query(
    subject: Subject,
    kind: QueryKind,
    function: str,
    template: str,
    about: str,
    arguments: Iterable[Argument],
    *,
    index: str | None = None,
    **values: Any,
) -> Query:
    """Render one function from `templates/queries/<template>.ts.j2`.

    Args:
        subject: the table.
        kind: for the catalogue.
        function: its name; what no identifier may hold is replaced.
        template: the stem of its template.
        about: its comment, which is also its description.
        arguments: what it takes after the database; the tenant is added.
        index: address of the index that it is designed for.
        values: what else the template needs.
    """
    function = identifier(function)
    listed = [*tenant_arguments(subject), *arguments]
    text = render(
        f"queries/{template}.ts.j2",
        subject=subject,
        name=function,
        about=about,
        parameters="".join(f", {argument.text}" for argument in listed),
        **values,
    )
    spec = QuerySpec(
        subject.module,
        function,
        kind,
        subject.table.address,
        tuple(argument.parameter for argument in listed),
        index,
        subject.secured,
        about,
    )
    return Query(spec, text)


def tenant_arguments(subject: Subject) -> list[Argument]:
    """The id of the tenant, for tables that belong to one."""
    if subject.tenant is None:
        return []
    name = subject.project.tenant
    column = subject.table.column_address(subject.tenant.column.name)
    return [Argument(Parameter(name, "tenant", column), f"{name}: {subject.tenant.type}")]


def key_arguments(subject: Subject) -> list[Argument]:
    """The key beside the tenant."""
    return [
        Argument(Parameter(name, "id", subject.table.column_address(field.column.name)), f"{name}: {field.type}")
        for field, name in key_parameters(subject)
    ]


def value_argument(subject: Subject, field: Field, name: str) -> Argument:
    """A value of a column."""
    return Argument(Parameter(name, "value", subject.table.column_address(field.column.name)), f"{name}: {field.type}")


def list_argument() -> Argument:
    """Cursor and limit of a list."""
    return Argument(Parameter("options", "list options"), LIST_OPTIONS)


def limit_argument() -> Argument:
    """The greatest number of rows."""
    return Argument(Parameter("limit", "limit"), "limit?: number")
