"""Every emitted query function called on the seeded rows: what is asked of Bun, and what came back."""

from __future__ import annotations

import contextlib
import json
import tempfile
from collections.abc import Sequence
from dataclasses import field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from dbarchitect.errors import EngineError
from dbarchitect.model.address import parse
from dbarchitect.model.names import qualified, quote
from dbarchitect.prove.context import Unprovable, last_lines
from dbarchitect.records import dataclass

if TYPE_CHECKING:
    from dbarchitect.engines.postgres import Database
    from dbarchitect.facts.lookup import Reference
    from dbarchitect.model.constraint import ForeignKey
    from dbarchitect.prove.context import Context
    from dbarchitect.write.drizzle.catalogue import Parameter, QuerySpec
    from dbarchitect.write.drizzle.subject import Project, Subject

SCRIPT = Path(__file__).with_name("queries.ts")
SECONDS = 300


@dataclass(frozen=True, slots=True)
class Statement:
    """A statement as the driver sent it, with $1, $2 … and their values."""

    text: str
    values: tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of calling one query function.

    Args:
        status: `fine`; `empty` when it gave nothing; `no row` when the seed has none that fits; `refused` by a rule of
            the database for every row; `error`.
        rows: how many rows it gave.
        column: for `no row`, the column that is empty everywhere.
        fault: for `refused` and `error`: SQLSTATE, constraint, message.
        statements: what it sent.
        attacks: how it was attacked with rows of another tenant.
        leaks: the attacks that brought something.
        cursor: what is wrong with its cursor.
    """

    status: str
    rows: int = 0
    column: str | None = None
    fault: dict[str, str | None] | None = None
    statements: tuple[Statement, ...] = ()
    attacks: tuple[str, ...] = ()
    leaks: tuple[str, ...] = ()
    cursor: str | None = None


@dataclass(frozen=True, slots=True)
class Calls:
    """The outcomes by module and function, and the tenant whose rows were asked for."""

    tenant: str | None
    outcomes: dict[tuple[str, str], Outcome] = field(default_factory=dict)


def call_queries(context: Context, specs: Sequence[QuerySpec]) -> Calls:
    """Call each function as the application's role, and attack it with another tenant's rows.

    Args:
        context: the project under proof.
        specs: the functions.

    Raises:
        Unprovable: the calls could not be made at all.
    """
    from dbarchitect.engines import bun
    from dbarchitect.write.drizzle.subject import Project

    project = Project(context.schema, context.settings)
    tenancy = context.lookup.tenancy
    with context.new_database(context.seeded) as secured:
        _fill_references(context, secured)  # before the copy: a trigger may write the moment of each change
        with (
            context.new_database(secured) as bare,
            tempfile.TemporaryDirectory(prefix="dbarchitect-queries-") as scratch,
        ):
            _switch_policies_off(context, bare)
            tenants = _tenants(context, bare)
            answer = Path(scratch) / "answer.json"
            assignment = {
                "answer": str(answer),
                "url": secured.url(context.application),
                "open": bare.url(context.application),
                "setting": tenancy.setting if tenancy else None,
                "tenants": tenants,
                "numeric": project.tenant_type == "number",
                "tasks": [_task(project, specs, spec) for spec in specs],
            }
            finished = bun.run_script(
                SCRIPT, str(context.folder), cwd=context.folder, input=json.dumps(assignment), timeout=SECONDS
            )
            if not finished.ok or not answer.exists():
                raise Unprovable(f"the queries cannot be called: {last_lines(finished.output, 3)}")
            answers = json.loads(answer.read_text(encoding="utf-8"))
    made = {(s.module, s.function): _outcome(a) for s, a in zip(specs, answers, strict=True)}
    return Calls(tenants[0] if tenants else None, made)


def _tenants(context: Context, database: Database) -> list[str] | None:
    """The two tenants whose rows the calls use."""
    tenancy = context.lookup.tenancy
    root = context.lookup.by_address.get(tenancy.table) if tenancy else None
    if root is None or root.primary_key is None:
        return None
    key = quote(root.primary_key.columns[0])
    with database.connect() as connection:
        query = f"select {key}::text from {qualified(root.schema, root.name)} order by {key} limit 2"
        found = [str(row[0]) for row in connection.execute(query.encode()).fetchall()]
    if len(found) < 2:
        raise Unprovable(f"the seed has fewer than two rows in {root.name}, so that no tenant can attack another")
    return found


def _switch_policies_off(context: Context, database: Database) -> None:
    with database.connect() as connection:
        for table in context.schema.tables:
            name = qualified(table.schema, table.name)
            connection.execute(f"alter table {name} disable row level security".encode())


def _fill_references(context: Context, database: Database) -> None:
    """Tie one row of each tenant to a parent where the seed left a reference empty in all rows, as cycles make it."""
    import psycopg

    with context.whole(database) as connection:
        for reference in context.lookup.references:
            statement = _tie(context, reference)
            if statement:
                with contextlib.suppress(psycopg.Error), connection.transaction():  # a rule may be against it
                    connection.execute(statement.encode())


def _tie(context: Context, reference: Reference) -> str | None:
    key, child, parent, tenancy = reference.foreign_key, reference.child, reference.parent, context.lookup.tenancy
    tenant = tenancy.column if tenancy and tenancy.column in key.columns else None
    pairs = [(mine, theirs) for mine, theirs in zip(key.columns, key.target_columns, strict=True) if mine != tenant]
    if parent is None or not child.primary_key or not any(child.column(mine).nullable for mine, _ in pairs):
        return None
    name, order = qualified(*child.key), ", ".join(quote(column) for column in child.primary_key.columns)
    empty = " and ".join(f"{quote(mine)} is null" for mine, _ in pairs)
    same = f"where p.{quote(_target(key, tenant))} = c.{quote(tenant)} " if tenant else ""
    found = ", ".join(f"p.{quote(theirs)}" for _, theirs in pairs)
    first = ", ".join(f"p.{quote(theirs)} desc" for _, theirs in pairs)
    one = f"distinct on ({quote(tenant)}) ctid from {name} order by {quote(tenant)}, {order}" if tenant else (
        f"ctid from {name} order by {order} limit 1"
    )  # fmt: skip
    return (
        f"update {name} c set ({', '.join(quote(mine) for mine, _ in pairs)}) = "
        f"(select {found} from {qualified(*parent.key)} p {same}order by {first} limit 1) "
        f"where c.ctid in (select {one}) and not exists (select 1 from {name} where not ({empty}))"
    )


def _target(key: ForeignKey, column: str) -> str:
    return key.target_columns[key.columns.index(column)]


def _task(project: Project, specs: Sequence[QuerySpec], spec: QuerySpec) -> dict[str, object]:
    subject = _subject(project, spec.table)
    undo = next((s.function for s in specs if (s.module, s.kind) == (spec.module, "soft delete")), None)
    return {
        "module": spec.module,
        "function": spec.function,
        "kind": spec.kind,
        "table": subject.names.variable,
        "secured": spec.tenant,
        "root": subject.is_root,
        "tenantProperty": subject.tenant.prop if subject.tenant else None,
        "key": [key.prop for key in subject.whole_key],
        "deletedAt": subject.soft.prop if subject.soft else None,
        "makesId": _maker(subject),
        "undo": undo,
        "parameters": [_parameter(project, subject, parameter) for parameter in spec.parameters],
    }


def _subject(project: Project, address: str) -> Subject:
    _, parts = parse(address)
    return project.by_key[parts[0], parts[1]]


def _maker(subject: Subject) -> str:
    """Who makes the id of a new row."""
    last = subject.whole_key[-1] if subject.whole_key else None
    if last is None or len(subject.key) != 1 or last.intent.managed != "id":
        return "nobody"
    if last.column.identity or last.column.default:
        return "database"
    return "uuid" if last.column.type.name == "uuid" else "nobody"


def _parameter(project: Project, subject: Subject, parameter: Parameter) -> dict[str, object]:
    written = {
        "new row": [entry.prop for entry in subject.writable],
        "changes": [entry.prop for entry in subject.changeable],
    }
    name = None
    if parameter.column is not None:
        _, (namespace, table, column) = parse(parameter.column)
        name = project.by_key[namespace, table].field(column).prop
    return {
        "name": parameter.name,
        "kind": parameter.kind,
        "property": name,
        "properties": written.get(parameter.kind, []),
    }


def _outcome(answer: dict[str, Any]) -> Outcome:
    try:
        statements = tuple(Statement(item["text"], tuple(item["values"])) for item in answer["statements"])
        return Outcome(
            answer["status"], answer["rows"], answer["column"], answer["fault"], statements,
            tuple(dict.fromkeys(answer["attacks"])), tuple(answer["leaks"]), answer["cursor"],
        )  # fmt: skip
    except (KeyError, TypeError) as error:
        raise EngineError(f"the answer about a query cannot be read: {error!r}") from error
