"""A query as the TypeScript writes it: its table, its clauses, and what stands around it.

What could not be followed says so (`Opaque`, `complete=False`, a `None`): rules then keep silent.
"""

from __future__ import annotations

from dataclasses import field
from typing import Literal

from dbarchitect.model.source import Span
from dbarchitect.model.table import Table
from dbarchitect.read.drizzle.declared import DeclaredTable
from dbarchitect.read.drizzle.query.scope import File
from dbarchitect.records import dataclass
from dbarchitect.typescript.source import Node

Verb = Literal["select", "insert", "update", "delete", "findMany", "findFirst", "count", "execute"]
Ending = Literal["awaited", "returned", "dropped", "passed", "stored"]
"""What becomes of a query: somebody waits for it, a function gives it back, nobody takes it, it is an argument of a
call that we do not know, or a variable keeps it."""
Repetition = Literal["for", "for-of", "for-in", "while", "callback", "parallel"]
"""`callback`: forEach, map, reduce and the like; `parallel`: the same within Promise.all or a kin of it."""


@dataclass(frozen=True, slots=True)
class TableUse:
    """A table as a query names it.

    Args:
        text: how it is written: `users`, `schema.users`, the variable of an alias.
        table: the table of the schema, or None for a subquery and for what is no table of the schema.
        declared: its declaration.
        alias: the variable that holds `alias(users, …)`, or ''; two uses of a table are two sets of rows.
        derived: a subquery or a common table expression.
    """

    text: str
    table: Table | None = None
    declared: DeclaredTable | None = None
    alias: str = ""
    derived: bool = False

    @property
    def identity(self) -> str:
        """What tells the rows of one use from those of another."""
        return self.alias or (self.table.address if self.table else self.text)


@dataclass(frozen=True, slots=True)
class ColumnUse:
    """A column as a query names it; `name` is that in the database, None when the table has no such key."""

    of: TableUse
    key: str
    name: str | None
    text: str


@dataclass(frozen=True, slots=True)
class Value:
    """What a column is compared with.

    Args:
        kind: a literal, another column, a subquery, or any other expression.
        text: as it is written.
        column: the column, or the single column that the subquery selects.
        filters: the subquery's condition.
        wildcard: the text starts with a wildcard of LIKE (`%${term}`).
    """

    kind: Literal["literal", "column", "subquery", "other"]
    text: str
    column: ColumnUse | None = None
    filters: Condition | None = None
    wildcard: bool = False


@dataclass(frozen=True, slots=True)
class Compare:
    """`eq(users.id, id)` and its like; `operator` is Drizzle's name of it."""

    operator: str
    column: ColumnUse
    values: tuple[Value, ...]
    span: Span
    text: str


@dataclass(frozen=True, slots=True)
class All:
    """Each of the items holds (`and`)."""

    items: tuple[Condition, ...]


@dataclass(frozen=True, slots=True)
class Any:
    """At least one of the items holds (`or`, or either branch of the program)."""

    items: tuple[Condition, ...]


@dataclass(frozen=True, slots=True)
class Negated:
    """The item does not hold."""

    item: Condition


@dataclass(frozen=True, slots=True)
class Maybe:
    """The item is asked for in some runs and left out in others."""

    item: Condition


@dataclass(frozen=True, slots=True)
class Raw:
    """A template of SQL with the columns that it names.

    Args:
        sql: its text, a column as `{key}`, any other value as `{}`.
        columns: the columns.
        span: where.
        text: as it is written.
    """

    sql: str
    columns: tuple[ColumnUse, ...]
    span: Span
    text: str


@dataclass(frozen=True, slots=True)
class Exists:
    """A condition on a subquery, or on a relation of Drizzle's relational queries."""

    filters: Condition
    text: str


@dataclass(frozen=True, slots=True)
class Opaque:
    """A condition that could not be followed."""

    text: str


@dataclass(frozen=True, slots=True)
class Nothing:
    """No condition at all."""


Condition = Compare | All | Any | Negated | Maybe | Raw | Exists | Opaque | Nothing


@dataclass(frozen=True, slots=True)
class Link:
    """One call of a chain: `.where(eq(…))`.

    Args:
        name: the method.
        arguments: the nodes of its arguments.
        span: from its name up to and with the closing parenthesis.
        sure: whether it runs whenever the query does.
        dot: the byte after which the call may be preceded by another one (the end of what it is called on).
        end: the byte after its closing parenthesis.
    """

    name: str
    arguments: tuple[Node, ...]
    span: Span
    sure: bool
    dot: int
    end: int


@dataclass(frozen=True, slots=True)
class Join:
    """A join; `kind` is `left`, `inner`, `right`, `full` or `cross`."""

    kind: str
    table: TableUse
    on: Condition
    span: Span


@dataclass(frozen=True, slots=True)
class Nested:
    """A relation that a relational query loads along.

    Args:
        name: the relation's.
        kind: whether it leads to one row or to many.
        of: the table that has the relation.
        table: the table that it leads to.
        where: the condition that the rows must meet besides.
        columns: the keys that it reads; None for all of them.
        complete: what is written here is all that it is told.
        span: of its settings.
        text: as they are written.
    """

    name: str
    kind: Literal["one", "many"]
    of: TableUse
    table: TableUse
    where: Condition
    columns: tuple[str, ...] | None
    complete: bool
    span: Span
    text: str


@dataclass(frozen=True, slots=True)
class Ordering:
    """A key of an order; `column` None for an expression that is no column."""

    column: ColumnUse | None
    descending: bool
    text: str
    span: Span


@dataclass(frozen=True, slots=True)
class Loop:
    """A repetition around a query.

    Args:
        kind: of which form.
        over: the text of what it runs over, or of its condition.
        node: the statement or the callback.
        item: the variable of the iteration as it is written, or ''.
    """

    kind: Repetition
    over: str
    node: Node
    item: str = ""


@dataclass(frozen=True, slots=True)
class Transaction:
    """The callback of a transaction around a query; `handle` is its parameter, or '' when there is none."""

    handle: str
    node: Node


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What stands around a query.

    Args:
        function: the name of the nearest named function, or ''.
        node: the nearest function that is no callback of a loop or call; None at the top of a file.
        asynchronous: whether the nearest function of all is async.
        loops: from the inside out, up to that function.
        transaction: the nearest callback of a transaction.
        guards: names of the functions that the query is a callback's part of (`withTenant`, `retry`), inside out.
        calls: names of the functions around it that it is an argument of.
    """

    function: str
    node: Node | None
    asynchronous: bool
    loops: tuple[Loop, ...]
    transaction: Transaction | None
    guards: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Query:
    """One query.

    Args:
        verb: what it does.
        file: where it stands.
        node: the whole chain, without `await`.
        span: of the chain.
        handle: the text of what it starts from: `db`, `tx`, `this.db`.
        table: the table that it reads or writes.
        links: all calls of its chain, in order; those on the variable that keeps it included.
        where: its condition.
        joins: its joins.
        order: its order; None when it could not be told.
        limit: the text of its limit, or None.
        offset: the text of its offset, or None.
        columns: keys of the columns that it reads; None for all of them.
        aggregate: it reads nothing but aggregates (count, sum, …).
        settings: for relational queries, the object's nodes by key.
        nested: for relational queries, the relations that it loads along.
        ending: what becomes of it.
        complete: the chain is all there is: nothing elsewhere can add to it.
        around: what stands around it.
        variable: the variable that holds its result, or '' (for `[row]` the row's).
        single: the variable is its first row.
        result: the node of that variable.
    """

    verb: Verb
    file: File = field(repr=False, compare=False)
    node: Node = field(repr=False, compare=False)
    span: Span
    handle: str
    table: TableUse
    links: tuple[Link, ...]
    where: Condition
    joins: tuple[Join, ...]
    order: tuple[Ordering, ...] | None
    limit: str | None
    offset: str | None
    columns: tuple[str, ...] | None
    aggregate: bool
    settings: dict[str, Node]
    ending: Ending
    complete: bool
    around: Surroundings
    variable: str = ""
    single: bool = False
    nested: tuple[Nested, ...] = ()
    result: Node | None = field(default=None, repr=False, compare=False)

    def link(self, *names: str) -> Link | None:
        """The first call of one of these names."""
        return next((link for link in self.links if link.name in names), None)

    @property
    def relational(self) -> bool:
        """Whether it is one of `db.query`."""
        return self.verb in ("findMany", "findFirst")

    @property
    def reads(self) -> bool:
        """Whether it gives rows."""
        return self.verb in ("select", "findMany", "findFirst")

    @property
    def tables(self) -> tuple[TableUse, ...]:
        """Its table and those that it joins."""
        return (self.table, *(join.table for join in self.joins))

    @property
    def address(self) -> str:
        """The table's address, or '' when the table is not in the schema."""
        return self.table.table.address if self.table.table else ""


@dataclass(frozen=True, slots=True)
class Template:
    """A piece of raw SQL: a `sql` template or a call of `sql.raw`.

    Args:
        raw: whether it is `sql.raw`, where nothing becomes a parameter.
        file: where it stands.
        node: the call or tagged template.
        content: the template string or the argument.
        span: of the whole.
        around: what stands around it.
    """

    raw: bool
    file: File = field(repr=False, compare=False)
    node: Node = field(repr=False, compare=False)
    content: Node = field(repr=False, compare=False)
    span: Span = field()
    around: Surroundings = field(repr=False)
