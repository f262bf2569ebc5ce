"""What the emitted query functions are, for whoever lists them or proves them.

A prover calls each function on seeded rows, reads the SQL that it sends and looks for `index` in the plan.
"""

from __future__ import annotations

from typing import Literal

from dbarchitect.model.schema import Schema
from dbarchitect.records import dataclass
from dbarchitect.settings import Settings

ParameterKind = Literal[
    "tenant", "id", "value", "values", "range", "text", "limit", "list options", "page options", "moment", "new row",
    "changes",
]  # fmt: skip
QueryKind = Literal[
    "create", "get", "get by", "list", "list by", "page", "search", "details", "joined", "related", "report", "update",
    "soft delete", "restore", "delete", "link", "unlink",
]  # fmt: skip
READS: frozenset[str] = frozenset(
    {"get", "get by", "list", "list by", "page", "search", "details", "joined", "related", "report"}
)


@dataclass(frozen=True, slots=True)
class Parameter:
    """A parameter after the database.

    Args:
        name: its name in TypeScript.
        kind: `tenant` is the id of the tenant that `withTenant` was opened for; `id` and `value` a value of `column`;
            `values` several of them; `range` `{ from, until }` of them; `text` words to look for; `moment` a Date
            (`from` before `until`); `limit`, `list options` and `page options` may be left out; `new row` and
            `changes` are objects of TypeScript property names.
        column: address of the column whose values fit.
    """

    name: str
    kind: ParameterKind
    column: str | None = None


@dataclass(frozen=True, slots=True)
class QuerySpec:
    """One emitted query function.

    Args:
        module: its file, relative to the project: `src/db/queries/orders.ts`.
        function: its name.
        kind: what it does.
        table: address of the table that it is about.
        parameters: what it takes after the database, in order.
        index: address of the index or constraint that it is designed to use; None when any access by key will do.
        tenant: whether it runs inside `withTenant`, because rows are hidden outside.
        description: what it is for, in a sentence or two.
    """

    module: str
    function: str
    kind: QueryKind
    table: str
    parameters: tuple[Parameter, ...]
    index: str | None = None
    tenant: bool = False
    description: str = ""

    @property
    def reads(self) -> bool:
        """Whether it changes nothing."""
        return self.kind in READS


def queries(schema: Schema, settings: Settings) -> tuple[QuerySpec, ...]:
    """Every emitted query function, by module and in the order of the files.

    Args:
        schema: the schema with its intent.
        settings: what was chosen.
    """
    from dbarchitect.write.drizzle.queries import project_queries
    from dbarchitect.write.drizzle.subject import Project

    project = Project(schema, settings)
    return tuple(
        query.spec
        for subject in sorted(project.subjects, key=lambda subject: subject.module)
        for query in project_queries(subject)
    )
