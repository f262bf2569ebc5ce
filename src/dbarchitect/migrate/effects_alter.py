"""The verdict of each command of ALTER TABLE."""

from __future__ import annotations

from collections.abc import Callable

from dbarchitect.migrate.conversions import cost
from dbarchitect.migrate.effects_parts import Verdict, foreign_key_made, keys_over, mentions, names_over, reads
from dbarchitect.migrate.surroundings import checks, index_of
from dbarchitect.model.constraint import Check, ForeignKey, PrimaryKey
from dbarchitect.model.plan import LockMode
from dbarchitect.read.sql.drafts import TableDraft
from dbarchitect.sql.acts import Act, ColumnDefinition, Constraint, Expression
from dbarchitect.sql.classify_parts import expression
from dbarchitect.sql.not_null import proves_not_null
from dbarchitect.sql.parser import parse_expression

Command = Callable[[Verdict, Act], None]
SELF_EXCLUSIVE = frozenset(
    """fillfactor toast_tuple_target parallel_workers vacuum_index_cleanup vacuum_truncate log_autovacuum_min_duration
    vacuum_max_eager_freeze_failure_rate""".split()
)
"""Storage parameters that need SHARE UPDATE EXCLUSIVE; so do those that begin with autovacuum_."""


def _everywhere(mode: LockMode) -> Command:
    def command(verdict: Verdict, act: Act) -> None:
        table = verdict.around.table(act.name)
        for one in verdict.with_partitions(table) if table and not act.only else [table] if table else ():
            verdict.lock(one, mode)

    return command


def _here(mode: LockMode) -> Command:
    def command(verdict: Verdict, act: Act) -> None:
        verdict.table(act.name, mode)

    return command


def _on_table(function: Callable[[Verdict, Act, TableDraft], None]) -> Command:
    def command(verdict: Verdict, act: Act) -> None:
        table = verdict.around.table(act.name)
        if table is not None:
            for one in verdict.with_partitions(table):
                verdict.lock(one, "ACCESS EXCLUSIVE")
            function(verdict, act, table)

    return command


def volatile(verdict: Verdict, expression: Expression | None) -> bool:
    """Whether an expression may give another value for each row."""
    names = expression.functions if expression else ()
    return any(verdict.around.volatility(name) == "volatile" for name in names)


def fills_rows(verdict: Verdict, column: ColumnDefinition) -> bool:
    """Whether PostgreSQL writes every row to give a new column its values."""
    if column.serial or column.identity or column.generated == "stored":
        return True
    if column.generated == "virtual":
        return False
    type_ = verdict.around.type(column.type)
    if verdict.around.constrained(type_):
        return True
    default = column.default
    domain = verdict.around.state.domains.get((type_.schema or "", type_.name))
    if default is None and domain is not None and domain.default is not None:
        default = expression(parse_expression(domain.default))
    return volatile(verdict, default)


def _add_column(verdict: Verdict, act: Act, table: TableDraft) -> None:
    column = act.column
    if column is None or (act.missing_ok and column.name in table.columns):
        return
    parts = verdict.with_partitions(table)
    if fills_rows(verdict, column):
        for one in parts:
            verdict.rewrite(one)
    for constraint in column.constraints:
        if constraint.kind == "foreign key":
            parent = verdict.around.table(constraint.references)
            if parent is not None:
                foreign_key_made(verdict, parent)
                if constraint.enforced and constraint.valid and column.default is not None and not column.default.null:
                    for one in [parent, *parts]:
                        verdict.lock(one, "SHARE ROW EXCLUSIVE", scans=one.partitioning is None)
        elif (constraint.kind == "check" and constraint.enforced) or constraint.kind in (
            "unique", "primary key", "exclusion",
        ):  # fmt: skip
            _scan(verdict, parts)


def _scan(verdict: Verdict, parts: list[TableDraft], mode: LockMode = "ACCESS EXCLUSIVE") -> None:
    for one in parts:
        verdict.lock(one, mode, scans=one.partitioning is None)


def _drop_column(verdict: Verdict, act: Act, table: TableDraft) -> None:
    if act.part not in table.columns:
        return
    views = [view for view in verdict.around.views_on(table) if reads(view.definition, table, act.part)]
    referred = [child for child, key in verdict.around.referrers(table) if act.part in key.target_columns]
    needed = _guards(verdict, table, act.part) or _computes_with(table, act.part) or _fires_on(table, act.part)
    if (views or referred or needed) and not act.cascade:
        verdict.refuse("2BP01")
        return
    for view in views:
        verdict.lock_view(view, "ACCESS EXCLUSIVE")
    for other, _ in keys_over(verdict, table, act.part):
        verdict.lock(other, "ACCESS EXCLUSIVE")
    for name in names_over(table, act.part):
        verdict.lock_index(table, name, "ACCESS EXCLUSIVE")


def _guards(verdict: Verdict, table: TableDraft, column: str) -> bool:
    """Whether a policy, of this table or of one that looks into it, reads a column."""
    for other in verdict.around.state.tables.values():
        for policy in other.policies.values():
            text = f"{policy.using or ''} {policy.check or ''}"
            if (other is table or mentions(text, table.name)) and reads(text, table, column):
                return True
    return False


def _computes_with(table: TableDraft, column: str) -> bool:
    """Whether another column is computed from a column."""
    return any(
        other.name != column and other.generated is not None and mentions(other.generated.expression, column)
        for other in table.columns.values()
    )


def _fires_on(table: TableDraft, column: str) -> bool:
    """Whether a trigger names a column."""
    return any(
        column in (trigger.update_columns or ()) or mentions(trigger.when or "", column)
        for trigger in table.triggers.values()
    )


def not_null_proved(verdict: Verdict, table: TableDraft, column: str) -> bool:
    """Whether PostgreSQL needs no look at the rows to know that a column has no NULL."""
    known = table.columns.get(column)
    if known is not None and not known.nullable:
        return not not_valid(table, column)
    return any(
        proves_not_null(check.expression, column) for check in checks(table) if check.validated and check.enforced
    )


def not_valid(table: TableDraft, column: str) -> bool:
    """Whether a column's not-null constraint waits for its validation (PostgreSQL 18)."""
    return column in table.unproved_not_nulls


def _set_not_null(verdict: Verdict, act: Act, table: TableDraft) -> None:
    for one in verdict.with_partitions(table):
        if act.part in one.columns and not not_null_proved(verdict, one, act.part):
            _scan(verdict, [one])


def _set_type(verdict: Verdict, act: Act, table: TableDraft) -> None:
    column = table.columns.get(act.part)
    if column is None or act.type is None:
        return
    around = verdict.around
    new = around.type(act.type)
    read = any(reads(view.definition, table, act.part) for view in around.views_on(table))
    guarded = _guards(verdict, table, act.part)
    if read or guarded or _computes_with(table, act.part) or _fires_on(table, act.part):
        verdict.refuse("0A000")
        return
    computed = act.using is not None and (
        not act.using.bare or (act.using.cast is not None and around.type(act.using.cast) != new)
    )
    price = "rewrite" if computed or around.constrained(new) else cost(around.base(column.type), around.base(new))
    if price == "timezone":
        price = "indexes" if verdict.timezone.upper() in ("UTC", "GMT", "ETC/UTC") else "rewrite"
    if column.generated is not None and not column.generated.stored:
        price = "nothing"
    parts = verdict.with_partitions(table)
    collated = (act.collation or None) != column.collation and column.type.category == "text"
    for one in parts:
        names = names_over(one, act.part)
        if price == "rewrite":
            verdict.rewrite(one)
            continue
        rebuilt = [name for name in names if price == "indexes" or collated or _computes(one, name)]
        for name in rebuilt if one.partitioning is None else ():
            verdict.lock_index(one, name, "ACCESS EXCLUSIVE", builds=True)
            _scan(verdict, [one])
    _constraints_again(verdict, table, act.part, price == "rewrite" or price == "indexes")


def _computes(table: TableDraft, name: str) -> bool:
    index = index_of(table, name)
    return index is not None and (index.where is not None or any(part.expression for part in index.parts))


def _constraints_again(verdict: Verdict, table: TableDraft, column: str, changed: bool) -> None:
    """Constraints over the column are made anew; keys are looked up again when its values changed."""
    for other, key in keys_over(verdict, table, column):
        scans = changed and key.enforced and key.validated
        verdict.lock(other, "ACCESS EXCLUSIVE", scans=scans and other.partitioning is None)
        if scans:
            _scan(verdict, [table])
    for check in checks(table):
        if mentions(check.expression, column) and check.validated and check.enforced:
            _scan(verdict, verdict.with_partitions(table))


def _set_expression(verdict: Verdict, act: Act, table: TableDraft) -> None:
    column = table.columns.get(act.part)
    if column is not None and column.generated is not None and column.generated.stored:
        for one in verdict.with_partitions(table):
            verdict.rewrite(one)


def _drop_expression(verdict: Verdict, act: Act, table: TableDraft) -> None:
    if act.part in table.columns and verdict.is_virtual(table, act.part):
        verdict.refuse("0A000")


def _drop_not_null(verdict: Verdict, act: Act, table: TableDraft) -> None:
    column, key = table.columns.get(act.part), table.primary_key
    if column is not None and (column.identity is not None or (key and act.part in key.columns)):
        verdict.refuse("42P16")


def _add_constraint(verdict: Verdict, act: Act) -> None:
    table, constraint = verdict.around.table(act.name), act.constraint
    if table is None or constraint is None:
        return
    if constraint.kind == "foreign key":
        _add_foreign_key(verdict, table, constraint)
        return
    parts = [table] if act.only else verdict.with_partitions(table)
    for one in parts:
        verdict.lock(one, "ACCESS EXCLUSIVE")
    if constraint.kind in ("unique", "primary key", "exclusion") and not constraint.valid:
        verdict.refuse("0A000")
    elif constraint.kind == "check":
        if constraint.valid and constraint.enforced:
            _scan(verdict, parts)
        elif constraint.name:
            verdict.validated.discard(constraint.name)
    elif constraint.kind == "not null":
        if constraint.valid:
            for one in parts:
                if any(not not_null_proved(verdict, one, name) for name in constraint.columns):
                    _scan(verdict, [one])
    elif constraint.index:
        _use_index(verdict, table, constraint)
    else:
        if constraint.kind == "primary key" and any(not_valid(table, name) for name in constraint.columns):
            verdict.refuse("55000")
        _scan(verdict, parts)


def _use_index(verdict: Verdict, table: TableDraft, constraint: Constraint) -> None:
    verdict.lock_index(table, constraint.index, "SHARE UPDATE EXCLUSIVE")
    index = table.indexes.get(constraint.index)
    nullable = [name for name in (index.columns if index else ()) if not not_null_proved(verdict, table, name)]
    if constraint.kind == "primary key" and nullable:
        _scan(verdict, [table])


def _add_foreign_key(verdict: Verdict, table: TableDraft, constraint: Constraint) -> None:
    parent = verdict.around.table(constraint.references)
    scans = constraint.valid and constraint.enforced
    for one in verdict.with_partitions(table):
        verdict.lock(one, "SHARE ROW EXCLUSIVE", scans=scans and one.partitioning is None)
    if parent is not None:
        for one in verdict.with_partitions(parent):
            verdict.lock(one, "SHARE ROW EXCLUSIVE", scans=scans and one.partitioning is None)


def _drop_constraint(verdict: Verdict, act: Act, table: TableDraft) -> None:
    constraint = table.constraints.get(act.part)
    if constraint is None:
        if act.part not in table.not_nulls and not act.missing_ok and not _usual(table, act.part):
            verdict.refuse("42704")
        return
    if isinstance(constraint, ForeignKey):
        parent = verdict.around.state.tables.get((constraint.target_schema, constraint.target_table))
        if parent is not None:
            verdict.lock(parent, "ACCESS EXCLUSIVE")
    elif not isinstance(constraint, Check):
        verdict.lock_index(table, act.part, "ACCESS EXCLUSIVE")
        columns = set(getattr(constraint, "columns", ()))
        if isinstance(constraint, PrimaryKey) or columns:
            _keys_on(verdict, act, table, columns)


def _usual(table: TableDraft, name: str) -> bool:
    return name.endswith("_not_null") or bool(table.parents)


def _keys_on(verdict: Verdict, act: Act, table: TableDraft, columns: set[str]) -> None:
    """The foreign keys that need a primary key or unique constraint that goes."""
    for child, key in verdict.around.referrers(table):
        if set(key.target_columns) == columns:
            if not act.cascade:
                verdict.refuse("2BP01")
            verdict.lock(child, "ACCESS EXCLUSIVE")


def _validate(verdict: Verdict, act: Act) -> None:
    table = verdict.around.table(act.name)
    if table is None:
        return
    for one in verdict.with_partitions(table):
        verdict.lock(one, "SHARE UPDATE EXCLUSIVE")
    constraint = table.constraints.get(act.part)
    if isinstance(constraint, Check | ForeignKey):
        waits = not constraint.validated
    else:
        waits = table.not_nulls.get(act.part) in table.unproved_not_nulls or constraint is None
    if not waits:
        return
    for one in verdict.with_partitions(table):
        verdict.lock(one, "SHARE UPDATE EXCLUSIVE", scans=one.partitioning is None)
    if isinstance(constraint, ForeignKey):
        parent = verdict.around.state.tables.get((constraint.target_schema, constraint.target_table))
        if parent is not None:
            verdict.lock(parent, "ROW SHARE", scans=True)


def _alter_constraint(verdict: Verdict, act: Act, table: TableDraft) -> None:
    constraint = table.constraints.get(act.part)
    if "alterEnforceability" not in act.option:
        return
    if isinstance(constraint, Check):
        verdict.refuse("42809")
    elif isinstance(constraint, ForeignKey):
        parent = verdict.around.state.tables.get((constraint.target_schema, constraint.target_table))
        on = act.option.endswith(" enforced")
        if parent is not None:
            verdict.lock(parent, "SHARE ROW EXCLUSIVE" if on else "ACCESS EXCLUSIVE", scans=on)
        if on:
            _scan(verdict, [table])


def _set_options(verdict: Verdict, act: Act) -> None:
    mild = all(name in SELF_EXCLUSIVE or name.startswith("autovacuum_") for name in act.columns)
    verdict.table(act.name, "SHARE UPDATE EXCLUSIVE" if mild else "ACCESS EXCLUSIVE")


def _logged(state: bool) -> Command:
    def command(verdict: Verdict, act: Act) -> None:
        table = verdict.table(act.name, "ACCESS EXCLUSIVE")
        if table is None or table.unlogged == state:
            return
        permanent = [child for child, _ in verdict.around.referrers(table) if not child.unlogged]
        if state and permanent:
            verdict.refuse("42P16")
        verdict.rewrite(table)

    return command


def _attach(verdict: Verdict, act: Act) -> None:
    table, child = verdict.around.table(act.name), verdict.around.table(act.related[0])
    if table is None or child is None:
        return
    verdict.lock(table, "SHARE UPDATE EXCLUSIVE")
    verdict.lock(child, "ACCESS EXCLUSIVE", scans=not attaches_at_once(verdict, table, child))
    rest = verdict.default_partition(table)
    if rest is not None:
        verdict.lock(rest, "ACCESS EXCLUSIVE", scans=True)
    for parent, _ in verdict.around.targets(table):
        if parent is not None:
            foreign_key_made(verdict, parent)


def attaches_at_once(verdict: Verdict, table: TableDraft, child: TableDraft) -> bool:
    """Whether a check proves the bound already, and every index of the parent has its like on the child."""
    keys = table.partitioning.keys if table.partitioning else ()
    bounded = [
        check for check in checks(child)
        if check.validated and keys and all(mentions(check.expression, key) for key in keys)
    ]  # fmt: skip
    known = {index.columns for index in child.indexes.values()} | {
        getattr(item, "columns", ()) for item in child.constraints.values() if not isinstance(item, Check | ForeignKey)
    }
    wanted = {index.columns for index in table.indexes.values()} | {
        getattr(item, "columns", ()) for item in table.constraints.values() if not isinstance(item, Check | ForeignKey)
    }
    present = all(
        not child.columns[key].nullable or any(proves_not_null(check.expression, key) for check in bounded)
        for key in keys
        if key in child.columns
    )
    return bool(bounded) and present and wanted <= known


def _detach(verdict: Verdict, act: Act) -> None:
    verdict.alone |= act.concurrently
    if act.concurrently and verdict.postgres < 14:
        verdict.refuse("42601")
    verdict.table(act.name, "SHARE UPDATE EXCLUSIVE" if act.concurrently else "ACCESS EXCLUSIVE")
    verdict.table(act.related[0], "ACCESS EXCLUSIVE")


def _inherit(verdict: Verdict, act: Act) -> None:
    verdict.table(act.name, "ACCESS EXCLUSIVE")
    verdict.table(act.related[0], "SHARE UPDATE EXCLUSIVE")


def _add_identity(verdict: Verdict, act: Act, table: TableDraft) -> None:
    column = table.columns.get(act.part)
    if column is not None and column.nullable:
        verdict.refuse("55000")


def _nothing(verdict: Verdict, act: Act, table: TableDraft) -> None:
    """The lock is all."""


COMMANDS: dict[str, Command] = {
    "add column": _on_table(_add_column), "drop column": _on_table(_drop_column),
    "set default": _everywhere("ACCESS EXCLUSIVE"), "drop default": _everywhere("ACCESS EXCLUSIVE"),
    "set not null": _on_table(_set_not_null), "drop not null": _on_table(_drop_not_null),
    "set type": _on_table(_set_type), "add identity": _on_table(_add_identity),
    "set identity": _everywhere("ACCESS EXCLUSIVE"), "drop identity": _everywhere("ACCESS EXCLUSIVE"),
    "drop expression": _on_table(_drop_expression), "set expression": _on_table(_set_expression),
    "add constraint": _add_constraint, "drop constraint": _on_table(_drop_constraint),
    "validate constraint": _validate, "alter constraint": _on_table(_alter_constraint),
    "set statistics": _here("SHARE UPDATE EXCLUSIVE"), "set storage": _on_table(_nothing),
    "set compression": _on_table(_nothing), "set column options": _here("SHARE UPDATE EXCLUSIVE"),
    "set options": _set_options, "set logged": _logged(False), "set unlogged": _logged(True),
    "set access method": _here("ACCESS EXCLUSIVE"), "set tablespace": _here("ACCESS EXCLUSIVE"),
    "cluster on": _here("SHARE UPDATE EXCLUSIVE"), "switch trigger": _here("SHARE ROW EXCLUSIVE"),
    "switch rule": _here("ACCESS EXCLUSIVE"), "row security": _here("ACCESS EXCLUSIVE"),
    "replica identity": _here("ACCESS EXCLUSIVE"), "inherit": _inherit, "no inherit": _inherit,
    "attach partition": _attach, "detach partition": _detach, "finalize detach": _detach,
    "owner": _here("ACCESS EXCLUSIVE"), "of type": _here("ACCESS EXCLUSIVE"), "other": _here("ACCESS EXCLUSIVE"),
}  # fmt: skip
