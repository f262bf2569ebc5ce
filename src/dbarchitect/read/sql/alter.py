"""ALTER TABLE, one function for each kind of command."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from dbarchitect.model.column import Generated
from dbarchitect.model.constraint import Check, ForeignKey
from dbarchitect.model.names import object_name
from dbarchitect.model.table import PartitionOf
from dbarchitect.read.sql.attachments import is_inherited, is_unproved, let_go, take_all
from dbarchitect.read.sql.columns import Pending, collation, default_text, identity, place_column, read_column
from dbarchitect.read.sql.constraints import add_all, require_columns
from dbarchitect.read.sql.drafts import TableDraft
from dbarchitect.read.sql.like import keep_inherited
from dbarchitect.read.sql.losses import drop_column_of, drop_constraint_of
from dbarchitect.read.sql.options import value
from dbarchitect.read.sql.replay import Replay, StatementError
from dbarchitect.read.sql.sequences import number_options, settled
from dbarchitect.read.sql.tables import bound_text
from dbarchitect.sql.parser import Node
from dbarchitect.sql.tokens import without_outer_parentheses

Command = Callable[[Replay, TableDraft, Node], None]


def alter_table(replay: Replay, table: TableDraft, node: Node) -> None:
    """Every command of an ALTER TABLE; a wrong one is named, the others are done."""
    commands = node.get("cmds", ())
    for number, item in enumerate(commands):
        command = item["AlterTableCmd"]
        replay.command = number if len(commands) > 1 else None
        function = COMMANDS.get(command["subtype"])
        if function is None:
            _unknown(replay, command["subtype"])
            continue
        try:
            function(replay, table, command)
        except StatementError as error:
            replay.problem(error.message, "error")
    replay.command = None


_IGNORED = frozenset(
    ("AT_ChangeOwner", "AT_ClusterOn", "AT_DropCluster", "AT_SetTableSpace", "AT_DropOids", "AT_SetAccessMethod",
     "AT_SetCompression", "AT_SetStatistics", "AT_SetStorage", "AT_SetOptions", "AT_ResetOptions",
     "AT_GenericOptions", "AT_AlterColumnGenericOptions", "AT_AddOf", "AT_DropOf", "AT_DetachPartitionFinalize")
)  # fmt: skip
_LOST = frozenset(
    ("AT_ClusterOn", "AT_SetTableSpace", "AT_SetAccessMethod", "AT_SetCompression", "AT_SetStatistics",
     "AT_SetStorage", "AT_SetOptions", "AT_AddOf")
)  # fmt: skip


def _unknown(replay: Replay, subtype: str) -> None:
    if subtype in _LOST:
        replay.lost("what ALTER TABLE says about storage, statistics or options here")
    elif subtype not in _IGNORED:
        replay.problem(f"this command of ALTER TABLE was not replayed: {subtype.removeprefix('AT_')}")


def _column(table: TableDraft, command: Node) -> str:
    name = str(command.get("name", ""))
    require_columns(table, (name,))
    return name


def _everywhere(replay: Replay, table: TableDraft) -> list[TableDraft]:
    """The table and those that have its columns, unless the statement says ONLY."""
    relation = next(iter(replay.statement.node.values())).get("relation", {})
    return [table, *(replay.state.descendants(table) if relation.get("inh") else ())]


def _change(replay: Replay, table: TableDraft, name: str, **changes: object) -> None:
    for place in _everywhere(replay, table):
        if name in place.columns:
            place.columns[name] = replace(place.columns[name], **changes)  # type: ignore[arg-type]
    replay.mark_again("column", table.schema, table.name, name)


def _add_column(replay: Replay, table: TableDraft, command: Node) -> None:
    definition = command["def"]["ColumnDef"]
    name = definition.get("colname", "")
    if name in table.columns:
        if command.get("missing_ok") or replay.lenient:
            return
        raise StatementError(f"the table {table.name!r} has a column {name!r} already")
    read = read_column(replay, table, definition)
    place_column(replay, table, read)
    for child in replay.state.descendants(table):
        child.columns.setdefault(name, replace(read.column, comment=None))
    add_all(replay, table, read.pending, created=False)


def _drop_column(replay: Replay, table: TableDraft, command: Node) -> None:
    name = command.get("name", "")
    if name not in table.columns:
        if command.get("missing_ok") or replay.lenient:
            return
        raise StatementError(f"the table {table.name!r} has no column {name!r}")
    for place in _everywhere(replay, table):
        if place is table or (name in place.columns and (place.partition_of or name not in place.local)):
            drop_column_of(replay, place, name)


def _set_default(replay: Replay, table: TableDraft, command: Node) -> None:
    name = str(command.get("name", ""))
    if "def" not in command:
        _column(table, command)
        _change(replay, table, name, default=None)
        return
    require_columns(table, (name,))
    start = _after(replay, "default")
    text = replay.statement.expression(start)
    _change(replay, table, name, default=default_text(text, {"raw_expr": command["def"]}))


def _after(replay: Replay, *words: str) -> int:
    """The offset behind the last of these words in the command."""
    written = replay.statement
    start = written.commands()[replay.command or 0][0] if replay.command is not None else written.start
    for word in words:
        start = written.after_word(start, word)
    return start


def _set_not_null(replay: Replay, table: TableDraft, command: Node) -> None:
    name = _column(table, command)
    _change(replay, table, name, nullable=False)
    table.required |= {name} if table.partition_of else set()
    table.unproved_not_nulls.discard(name)


def _drop_not_null(replay: Replay, table: TableDraft, command: Node) -> None:
    name = _column(table, command)
    key = table.primary_key
    if table.columns[name].identity is not None or (key and name in key.columns):
        raise StatementError(f"the column {name!r} is part of the primary key or an identity, which is never null")
    table.required.discard(name)
    own = [place for place in _everywhere(replay, table) if name in place.required]
    _change(replay, table, name, nullable=True)
    for place in own:
        place.require(name)
    table.not_nulls = {known: column for known, column in table.not_nulls.items() if column != name}
    table.unproved_not_nulls.discard(name)


def _set_type(replay: Replay, table: TableDraft, command: Node) -> None:
    name = _column(table, command)
    definition = command["def"]["ColumnDef"]
    type_ = replay.type(definition["typeName"])
    _change(replay, table, name, type=type_, collation=collation(definition.get("collClause")))


def _add_identity(replay: Replay, table: TableDraft, command: Node) -> None:
    name = _column(table, command)
    found = identity(table, name, table.columns[name].type, command["def"]["Constraint"])
    _change(replay, table, name, identity=found, nullable=False, default=None)
    sequence = found.sequence or object_name(table.name, name, "seq")
    replay.state.identities[table.schema, sequence] = (table.key, name)


def _set_identity(replay: Replay, table: TableDraft, command: Node) -> None:
    name = _column(table, command)
    found = table.columns[name].identity
    if found is None:
        raise StatementError(f"the column {name!r} is no identity")
    items = command["def"]["List"]["items"]
    for item in items:
        if item["DefElem"]["defname"] == "generated":
            found = replace(found, always=item["DefElem"]["arg"]["Integer"].get("ival") == ord("a"))
    options = settled(number_options(found.options, items), table.columns[name].type)
    _change(replay, table, name, identity=replace(found, options=options))


def _drop_identity(replay: Replay, table: TableDraft, command: Node) -> None:
    name = _column(table, command)
    found = table.columns[name].identity
    if found is None:
        if command.get("missing_ok") or replay.lenient:
            return
        raise StatementError(f"the column {name!r} is no identity")
    replay.state.identities.pop((table.schema, found.sequence or object_name(table.name, name, "seq")), None)
    _change(replay, table, name, identity=None)


def _drop_expression(replay: Replay, table: TableDraft, command: Node) -> None:
    _change(replay, table, _column(table, command), generated=None)


def _set_expression(replay: Replay, table: TableDraft, command: Node) -> None:
    name = _column(table, command)
    found = table.columns[name].generated
    text = replay.statement.in_brackets(_after(replay, "expression", "as"))
    stored = found.stored if found else True
    _change(replay, table, name, generated=Generated(without_outer_parentheses(text), stored))


def _add_constraint(replay: Replay, table: TableDraft, command: Node) -> None:
    constraint = command["def"]["Constraint"]
    start = replay.statement.at(constraint.get("location", 0))
    if constraint["contype"] == "CONSTR_NOTNULL":
        for item in constraint.get("keys", ()):
            column = item["String"]["sval"]
            require_columns(table, (column,))
            if constraint.get("skip_validation") and table.columns[column].nullable:
                table.unproved_not_nulls.add(column)
            _change(replay, table, column, nullable=False)
            table.not_nulls[constraint.get("conname") or object_name(table.name, column, "not_null")] = column
        return
    add_all(replay, table, [Pending(constraint, start)], created=False)


def _drop_constraint(replay: Replay, table: TableDraft, command: Node) -> None:
    name = command.get("name", "")
    if name in table.constraints:
        drop_constraint_of(replay, table, name)
        for child in replay.state.descendants(table):
            child.validated.discard(name)
        return
    column = table.not_nulls.pop(name, None)
    if column is None:
        usual = {object_name(table.name, known, "not_null"): known for known in table.columns}
        column = usual.get(name)
    if column is not None:
        _change(replay, table, column, nullable=True)
    elif not (command.get("missing_ok") or replay.lenient):
        raise StatementError(f"the table {table.name!r} has no constraint {name!r}")


def _validate(replay: Replay, table: TableDraft, command: Node) -> None:
    constraint = table.constraints.get(command.get("name", ""))
    if isinstance(constraint, Check | ForeignKey):
        table.constraints[constraint.name] = replace(constraint, validated=True)
        replay.mark_again("constraint", table.schema, table.name, constraint.name)
        for child in replay.state.descendants(table) if isinstance(constraint, Check) else ():
            child.validated.add(constraint.name)
    elif table.partition_of is not None and is_unproved(replay.state, table, command.get("name", "")):
        for place in (table, *replay.state.descendants(table)):
            place.validated.add(command["name"])
    elif command.get("name") in table.not_nulls:
        table.unproved_not_nulls.discard(table.not_nulls[command["name"]])
    elif constraint is None and not is_inherited(replay.state, table, command.get("name", "")):
        raise StatementError(f"the table {table.name!r} has no constraint {command.get('name')!r}")


def _alter_constraint(replay: Replay, table: TableDraft, command: Node) -> None:
    change = command["def"]["ATAlterConstraint"]
    constraint = table.constraints.get(change.get("conname", ""))
    if constraint is None:
        raise StatementError(f"the table {table.name!r} has no constraint {change.get('conname')!r}")
    if isinstance(constraint, ForeignKey):
        if change.get("alterDeferrability"):
            deferred = bool(change.get("initdeferred"))
            constraint = replace(
                constraint, deferrable=bool(change.get("deferrable")) or deferred, initially_deferred=deferred
            )
        if change.get("alterEnforceability"):
            enforced = bool(change.get("is_enforced"))
            constraint = replace(constraint, enforced=enforced, validated=True)
        table.constraints[constraint.name] = constraint
    replay.mark_again("constraint", table.schema, table.name, constraint.name)


def _set_options(replay: Replay, table: TableDraft, command: Node) -> None:
    for item in command["def"]["List"]["items"]:
        element = item["DefElem"]
        prefix = f"{element['defnamespace']}." if element.get("defnamespace") else ""
        table.options[prefix + element["defname"]] = value(element)


def _reset_options(replay: Replay, table: TableDraft, command: Node) -> None:
    for item in command["def"]["List"]["items"]:
        table.options.pop(item["DefElem"]["defname"], None)


def _replica_identity(replay: Replay, table: TableDraft, command: Node) -> None:
    found = command["def"]["ReplicaIdentityStmt"]
    words = {"d": "default", "f": "full", "n": "nothing"}
    table.replica_identity = words.get(found.get("identity_type", "d"), found.get("name", "default"))


def _inherit(replay: Replay, table: TableDraft, command: Node) -> None:
    parent = replay.known_table(command["def"]["RangeVar"])
    assert parent is not None
    _refuse_circle(replay, table, parent)
    if parent.key in table.inherits:
        raise StatementError(f"the table {table.name!r} inherits from {parent.name!r} already")
    table.inherits = (*table.inherits, parent.key)
    replay.state.adopt(table.key, parent.key)


def _refuse_circle(replay: Replay, child: TableDraft, parent: TableDraft) -> None:
    if parent.key in (child.key, *(heir.key for heir in replay.state.descendants(child))):
        raise StatementError(f"the table {parent.name!r} has its columns from {child.name!r} itself")


def _no_inherit(replay: Replay, table: TableDraft, command: Node) -> None:
    parent = replay.known_table(command["def"]["RangeVar"])
    assert parent is not None
    table.inherits = tuple(key for key in table.inherits if key != parent.key)
    table.local |= set(table.columns)
    replay.state.disown(table.key, parent.key)


def _attach(replay: Replay, table: TableDraft, command: Node) -> None:
    partition = command["def"]["PartitionCmd"]
    child = replay.known_table(partition["name"])
    assert child is not None
    _refuse_circle(replay, child, table)
    child.partition_of = PartitionOf(*table.key, bound_text(replay, partition["bound"]))
    replay.state.adopt(child.key, table.key)
    child.required.clear()
    for item in child.of(Check):
        if isinstance(table.constraints.get(item.name), Check):
            child.validated |= {item.name} if getattr(item, "validated", True) else set()
            drop_constraint_of(replay, child, item.name)
    take_all(replay, table, child)
    replay.mark_again("table", *child.key)


def _detach(replay: Replay, table: TableDraft, command: Node) -> None:
    child = replay.known_table(command["def"]["PartitionCmd"]["name"])
    assert child is not None
    child.partition_of = None
    keep_inherited(replay, table, child)
    let_go(child)
    child.required = {name for name, column in child.columns.items() if not column.nullable}
    child.validated.clear()
    child.local |= set(child.columns)
    replay.state.disown(child.key, table.key)
    replay.mark_again("table", *child.key)


def _switch(field: str, state: bool) -> Command:
    def function(replay: Replay, table: TableDraft, command: Node) -> None:
        setattr(table, field, state)
        replay.mark_again("table", *table.key)

    return function


def _trigger(state: str) -> Command:
    def function(replay: Replay, table: TableDraft, command: Node) -> None:
        wanted = [command["name"]] if command.get("name") else list(table.triggers)
        for name in wanted:
            if name not in table.triggers:
                raise StatementError(f"the table {table.name!r} has no trigger {name!r}")
            table.triggers[name] = replace(table.triggers[name], enabled=state)  # type: ignore[arg-type]
            replay.mark_again("trigger", table.schema, table.name, name)

    return function


COMMANDS: dict[str, Command] = {
    "AT_AddColumn": _add_column,
    "AT_DropColumn": _drop_column,
    "AT_ColumnDefault": _set_default,
    "AT_SetNotNull": _set_not_null,
    "AT_DropNotNull": _drop_not_null,
    "AT_AlterColumnType": _set_type,
    "AT_AddIdentity": _add_identity,
    "AT_SetIdentity": _set_identity,
    "AT_DropIdentity": _drop_identity,
    "AT_DropExpression": _drop_expression,
    "AT_SetExpression": _set_expression,
    "AT_AddConstraint": _add_constraint,
    "AT_DropConstraint": _drop_constraint,
    "AT_ValidateConstraint": _validate,
    "AT_AlterConstraint": _alter_constraint,
    "AT_SetRelOptions": _set_options,
    "AT_ResetRelOptions": _reset_options,
    "AT_ReplicaIdentity": _replica_identity,
    "AT_AddInherit": _inherit,
    "AT_DropInherit": _no_inherit,
    "AT_AttachPartition": _attach,
    "AT_DetachPartition": _detach,
    "AT_EnableRowSecurity": _switch("row_security", True),
    "AT_DisableRowSecurity": _switch("row_security", False),
    "AT_ForceRowSecurity": _switch("force_row_security", True),
    "AT_NoForceRowSecurity": _switch("force_row_security", False),
    "AT_SetLogged": _switch("unlogged", False),
    "AT_SetUnLogged": _switch("unlogged", True),
    "AT_EnableTrig": _trigger("origin"),
    "AT_EnableAlwaysTrig": _trigger("always"),
    "AT_EnableReplicaTrig": _trigger("replica"),
    "AT_DisableTrig": _trigger("disabled"),
    "AT_EnableTrigAll": _trigger("origin"),
    "AT_DisableTrigAll": _trigger("disabled"),
    "AT_EnableTrigUser": _trigger("origin"),
    "AT_DisableTrigUser": _trigger("disabled"),
}
