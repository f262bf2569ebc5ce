"""What a statement locks, rewrites and scans, told from its text and the schema before it: no server is asked.

Every row of the truth table (`migrate/truth`) is compared with this in the tests: a verdict may never contradict what
was measured. Where the text does not decide (dynamic SQL, a function's body), nothing is said.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import field

from dbarchitect.migrate.effects_alter import COMMANDS
from dbarchitect.migrate.effects_parts import Verdict, domain_tables, drop_column_of_type, drop_table, foreign_key_made
from dbarchitect.migrate.surroundings import Surroundings
from dbarchitect.model.address import parse
from dbarchitect.model.plan import Lock, LockMode
from dbarchitect.model.schema import View
from dbarchitect.read.sql.drafts import TableDraft
from dbarchitect.records import dataclass
from dbarchitect.sql.acts import Act, Classified
from dbarchitect.sql.classify import classify


@dataclass(frozen=True, slots=True)
class Effect:
    """What one statement does to what was there before.

    Args:
        locks: the strongest lock on each relation, with rewrites (of an index: it is built anew) and scans; plain
            readers' locks on indexes are left out.
        alone: it cannot run in a transaction.
        refused: the SQLSTATE with which PostgreSQL certainly refuses it.
    """

    locks: tuple[Lock, ...] = ()
    alone: bool = False
    refused: str | None = None
    known: dict[str, Lock] = field(default_factory=dict, compare=False, repr=False)

    def lock(self, place: str) -> Lock | None:
        """What it does to one relation."""
        return self.known.get(place)


def of(statement: Classified, surroundings: Surroundings, *, postgres: int = 18, timezone: str = "UTC") -> Effect:
    """The effect of a statement.

    Args:
        statement: from `sql.classify`.
        surroundings: the schema before it.
        postgres: the major version, 13 to 18.
        timezone: of the session that runs it.
    """
    verdict = Verdict(surroundings, postgres, timezone)
    for act in statement.acts:
        function = COMMANDS.get(act.action) if statement.kind == "AlterTableStmt" else _ACTS.get(act.action)
        if statement.kind == "AlterTableStmt" and act.object != "table":
            function = _other
        if function is not None:
            function(verdict, act)
    locks = verdict.result()
    return Effect(locks, verdict.alone, verdict.refused, {lock.address: lock for lock in locks})


def _other(verdict: Verdict, act: Act) -> None:
    """ALTER INDEX, VIEW, SEQUENCE, MATERIALIZED VIEW by the commands of ALTER TABLE."""
    if act.object == "index":
        if verdict.around.index(act.name):
            verdict.index(act.name, "SHARE UPDATE EXCLUSIVE")
    elif act.object in ("view", "matview"):
        verdict.view(act.name, "ACCESS EXCLUSIVE")
    elif act.object == "sequence":
        verdict.sequence(act.name, "ACCESS EXCLUSIVE")


def _create_table(verdict: Verdict, act: Act) -> None:
    if verdict.around.table(act.name) is not None:
        verdict.refuse(None if act.missing_ok else "42P07")
        return
    for constraint in act.constraints:
        if constraint.kind == "foreign key":
            parent = verdict.around.table(constraint.references)
            if parent is not None:
                foreign_key_made(verdict, parent)
    if act.option == "partition" and act.related:
        _new_partition(verdict, act)
    elif act.option == "inherits":
        for name in act.related:
            verdict.table(name, "SHARE UPDATE EXCLUSIVE")


def _new_partition(verdict: Verdict, act: Act) -> None:
    parent = verdict.table(act.related[0], "ACCESS EXCLUSIVE")
    if parent is None:
        return
    rest = verdict.default_partition(parent)
    if rest is not None:
        verdict.lock(rest, "ACCESS EXCLUSIVE", scans=True)
    for target, _ in verdict.around.targets(parent):
        if target is not None:
            foreign_key_made(verdict, target)


def _create_index(verdict: Verdict, act: Act) -> None:
    table = verdict.around.table(act.name)
    if table is None:
        if (view := verdict.around.view(act.name)) is not None:
            verdict.alone |= act.concurrently
            mode: LockMode = "SHARE UPDATE EXCLUSIVE" if act.concurrently else "SHARE"
            verdict.lock_view(view, mode, scans=True)
        return
    verdict.alone |= act.concurrently
    known = act.missing_ok and (table.schema, act.part) in verdict.around.state.indexes
    if act.concurrently and table.partitioning is not None:
        verdict.refuse("0A000")
        return
    if any(name in table.columns and verdict.is_virtual(table, name) for name in act.columns):
        verdict.refuse("0A000")
        return
    if act.concurrently:
        verdict.lock(table, "SHARE UPDATE EXCLUSIVE", scans=not known)
        return
    for part in [table] if act.only else verdict.with_partitions(table):
        verdict.lock(part, "SHARE", scans=not known and part.partitioning is None)


def _drop_index(verdict: Verdict, act: Act) -> None:
    found = verdict.around.index(act.name)
    verdict.alone |= act.concurrently
    if found is None:
        return
    name, owner = found
    if isinstance(owner, View):
        verdict.lock_view(owner, "SHARE UPDATE EXCLUSIVE" if act.concurrently else "ACCESS EXCLUSIVE")
        return
    if name in owner.constraints and not act.cascade:
        verdict.refuse("2BP01")
        return
    if act.concurrently and owner.partitioning is not None:
        verdict.refuse("0A000")
        return
    verdict.index(act.name, "ACCESS EXCLUSIVE")
    if act.concurrently:
        verdict.lock(owner, "SHARE UPDATE EXCLUSIVE")
        return
    for part in verdict.with_partitions(owner):
        verdict.lock(part, "ACCESS EXCLUSIVE")


def _reindex(verdict: Verdict, act: Act) -> None:
    verdict.alone |= act.concurrently or act.object == "schema"
    if act.object == "index":
        found = verdict.around.index(act.name)
        if found is None or isinstance(found[1], View):
            return
        table, names = found[1], [found[0]]
    else:
        known = verdict.around.table(act.name)
        if known is None:
            return
        table, names = known, verdict.around.indexes(known)
    mode: LockMode = "SHARE UPDATE EXCLUSIVE" if act.concurrently else "SHARE"
    verdict.lock(table, mode, scans=bool(names))
    for name in names:
        verdict.lock_index(table, name, "ACCESS EXCLUSIVE", builds=True)


def _drop_tables(verdict: Verdict, act: Act) -> None:
    table = verdict.around.table(act.name)
    if table is not None:
        drop_table(verdict, table, act.cascade)


def _drop_view(verdict: Verdict, act: Act) -> None:
    verdict.view(act.name, "ACCESS EXCLUSIVE")


def _drop_type(verdict: Verdict, act: Act) -> None:
    known = (*verdict.around.state.enums, *verdict.around.state.domains, *verdict.around.state.composites)
    key = verdict.around.key(known, act.name)
    if key is not None:
        drop_column_of_type(verdict, key, act.cascade)


def _drop_schema(verdict: Verdict, act: Act) -> None:
    if not act.cascade or act.name is None:
        return
    for table in tuple(verdict.around.state.tables.values()):
        if table.schema == act.name.name:
            drop_table(verdict, table, cascade=True)


def _truncate(verdict: Verdict, act: Act) -> None:
    table = verdict.around.table(act.name)
    if table is None:
        return
    named = verdict.truncated
    named.add(table.key)
    stack = [*verdict.with_partitions(table)]
    if act.cascade:
        for one in stack:
            stack += [child for child, _ in verdict.around.referrers(one) if child not in stack]
    for one in stack:
        verdict.lock(one, "ACCESS EXCLUSIVE", rewrites=one.partitioning is None)
        verdict.build_indexes(one)


def _rename(verdict: Verdict, act: Act) -> None:
    if act.object in ("view", "matview"):
        verdict.view(act.name, "ACCESS EXCLUSIVE")
        return
    table = verdict.around.table(act.name)
    if table is None:
        return
    for one in verdict.with_partitions(table) if act.action == "rename column" else [table]:
        verdict.lock(one, "ACCESS EXCLUSIVE")


def _rename_index(verdict: Verdict, act: Act) -> None:
    if verdict.around.index(act.name):
        verdict.index(act.name, "SHARE UPDATE EXCLUSIVE")


def _set_schema(verdict: Verdict, act: Act) -> None:
    if act.object == "table":
        verdict.table(act.name, "ACCESS EXCLUSIVE")
    elif act.object in ("view", "matview"):
        verdict.view(act.name, "ACCESS EXCLUSIVE")


def _locks(mode: LockMode, *, partitions: bool = False) -> Callable[[Verdict, Act], None]:
    def function(verdict: Verdict, act: Act) -> None:
        table = verdict.around.table(act.name)
        if table is not None:
            for one in verdict.with_partitions(table) if partitions else [table]:
                verdict.lock(one, mode)
        elif act.name is not None and verdict.around.view(act.name) is not None:
            verdict.view(act.name, mode)

    return function


def _comment(verdict: Verdict, act: Act) -> None:
    if act.object in ("table", "column"):
        verdict.table(act.name, "SHARE UPDATE EXCLUSIVE")
    elif act.object == "index":
        verdict.index(act.name, "SHARE UPDATE EXCLUSIVE")


def _rewriting(verdict: Verdict, act: Act) -> None:
    """VACUUM FULL and CLUSTER."""
    verdict.alone |= act.action == "vacuum full"
    table = verdict.around.table(act.name)
    if table is not None:
        verdict.rewrite(table)


def _vacuum(verdict: Verdict, act: Act) -> None:
    verdict.alone |= act.action == "vacuum"
    verdict.table(act.name, "SHARE UPDATE EXCLUSIVE")


def _refresh(verdict: Verdict, act: Act) -> None:
    view = verdict.around.view(act.name)
    if view is None:
        return
    if act.concurrently:
        verdict.lock_view(view, "EXCLUSIVE", scans=True)
        return
    verdict.lock_view(view, "ACCESS EXCLUSIVE", rewrites=True, scans=act.option != "no data")
    for index in view.indexes:
        verdict.build_index(view, index.name)


def _create_view(verdict: Verdict, act: Act) -> None:
    if act.option == "or replace":
        verdict.view(act.name, "ACCESS EXCLUSIVE")


def _select(verdict: Verdict, act: Act) -> None:
    for name in act.related if act.option else ():
        verdict.table(name, "ROW SHARE")


def _drop_statistics(verdict: Verdict, act: Act) -> None:
    key = verdict.around.key(verdict.around.state.statistics, act.name)
    if key is not None:
        for made in classify(verdict.around.state.statistics[key].definition).acts:
            verdict.table(made.name, "SHARE UPDATE EXCLUSIVE")


def _domain(verdict: Verdict, act: Act) -> None:
    validates = act.action in ("set not null", "validate constraint") or (
        act.action == "add constraint" and act.constraint is not None and act.constraint.valid
    )
    key = verdict.around.key(verdict.around.state.domains, act.name)
    if validates and key is not None:
        for table in domain_tables(verdict, key):
            verdict.lock(table, "SHARE", scans=True)


def _domain_or_nothing(verdict: Verdict, act: Act) -> None:
    if act.object == "domain":
        _domain(verdict, act)


def _lock(verdict: Verdict, act: Act) -> None:
    table = verdict.around.table(act.name)
    mode: LockMode = act.option or "ACCESS EXCLUSIVE"  # type: ignore[assignment]
    for one in verdict.with_partitions(table) if table else ():
        verdict.lock(one, mode)


def _write(verdict: Verdict, act: Act) -> None:
    table = verdict.around.table(act.name)
    if table is None:
        return
    for one in verdict.with_partitions(table) if act.action != "insert" else [table]:
        verdict.lock(one, "ROW EXCLUSIVE", rows=True)
    if act.action in ("insert", "update", "merge"):
        verdict.rows_refer(table, act)


_ACTS: dict[str, Callable[[Verdict, Act], None]] = {
    "create table": _create_table, "create index": _create_index, "drop index": _drop_index, "reindex": _reindex,
    "drop table": _drop_tables, "drop view": _drop_view, "drop matview": _drop_view, "drop type": _drop_type,
    "drop domain": _drop_type, "drop schema": _drop_schema, "truncate": _truncate, "rename table": _rename,
    "rename column": _rename, "rename view": _rename, "rename matview": _rename,
    "rename constraint": _locks("ACCESS EXCLUSIVE"), "rename trigger": _locks("ACCESS EXCLUSIVE"),
    "rename policy": _locks("ACCESS EXCLUSIVE"), "rename index": _rename_index, "set schema": _set_schema,
    "create trigger": _locks("SHARE ROW EXCLUSIVE", partitions=True),
    "drop trigger": _locks("ACCESS EXCLUSIVE", partitions=True), "create policy": _locks("ACCESS EXCLUSIVE"),
    "alter policy": _locks("ACCESS EXCLUSIVE"), "drop policy": _locks("ACCESS EXCLUSIVE"),
    "create statistics": _locks("SHARE UPDATE EXCLUSIVE"), "publish": _locks("SHARE UPDATE EXCLUSIVE"),
    "comment": _comment, "vacuum full": _rewriting, "cluster": _rewriting, "vacuum": _vacuum, "analyze": _vacuum,
    "refresh": _refresh, "add constraint": _domain_or_nothing, "validate constraint": _domain_or_nothing,
    "set not null": _domain_or_nothing, "lock": _lock, "insert": _write, "update": _write, "delete": _write,
    "merge": _write, "copy from": _locks("ROW EXCLUSIVE"), "create view": _create_view, "select": _select,
    "create rule": _locks("ACCESS EXCLUSIVE"), "drop statistics": _drop_statistics,
}  # fmt: skip


def tables_of(effect: Effect, around: Surroundings) -> list[tuple[TableDraft, Lock]]:
    """The tables that a statement locks, with the locks; nobody else sees temporary ones."""
    found = []
    for lock in effect.locks:
        kind, parts = parse(lock.address)
        table = around.state.tables.get((parts[0], parts[-1])) if kind == "table" else None
        if table is not None and table.schema != "pg_temp":
            found.append((table, lock))
    return found
