"""Functions, procedures and triggers."""

from __future__ import annotations

from dbarchitect.errors import InputError
from dbarchitect.model.address import address
from dbarchitect.model.names import qualified, quote
from dbarchitect.model.routine import Function, Trigger
from dbarchitect.model.schema import View
from dbarchitect.model.table import Table
from dbarchitect.sql.expression import guarded, parenthesized
from dbarchitect.sql.quote import literal
from dbarchitect.sql.tokens import scan

_ENABLE = {"always": "ENABLE ALWAYS", "replica": "ENABLE REPLICA", "disabled": "DISABLE", "origin": "ENABLE"}


def function_address(function: Function) -> str:
    """`function:schema.name`, with the arguments as a third part when there are some."""
    return address("function", function.schema, function.name, *filter(None, [function.arguments]))


def function_sql(function: Function) -> str:
    """The definition without a semicolon at the end.

    Raises:
        InputError: quotes or brackets do not close, or it is no CREATE FUNCTION or PROCEDURE.
    """
    sql = function.definition.strip().rstrip(";").rstrip()
    words = [token.text.lower() for token in scan(sql)[:4] if token.kind == "word"]
    if words[:1] != ["create"] or not {"function", "procedure"} & set(words):
        raise InputError("the definition is no CREATE FUNCTION", place=function_address(function))
    return sql


def signature(function: Function) -> str:
    """`"schema"."name"(types)`, as DROP and COMMENT take it."""
    arguments = guarded(function.arguments) if function.arguments.strip() else ""
    return f"{qualified(function.schema, function.name)}({arguments})"


def drop_function_sql(function: Function) -> str:
    """DROP FUNCTION or DROP PROCEDURE."""
    return f"DROP {function.kind.upper()} {signature(function)}"


def trigger_sql(relation: Table | View, trigger: Trigger) -> str:
    """CREATE TRIGGER, a clause a line."""
    events = [event.upper() for event in trigger.events]
    if trigger.update_columns:
        columns = ", ".join(quote(name) for name in trigger.update_columns)
        events = [f"UPDATE OF {columns}" if event == "UPDATE" else event for event in events]
    lines = [
        f"CREATE {'CONSTRAINT ' if trigger.constraint else ''}TRIGGER {quote(trigger.name)}",
        f"{trigger.timing.upper()} {' OR '.join(events)} ON {qualified(relation.schema, relation.name)}",
    ]
    if trigger.constraint and (trigger.deferrable or trigger.initially_deferred):
        lines.append("DEFERRABLE" + (" INITIALLY DEFERRED" if trigger.initially_deferred else ""))
    transition = [("OLD", trigger.old_table), ("NEW", trigger.new_table)]
    if any(name for _, name in transition):
        tables = [f"{word} TABLE AS {quote(name)}" for word, name in transition if name]
        lines.append(f"REFERENCING {' '.join(tables)}")
    lines.append(f"FOR EACH {'ROW' if trigger.for_each_row else 'STATEMENT'}")
    if trigger.when is not None:
        lines.append(f"WHEN {parenthesized(trigger.when)}")
    arguments = ", ".join(literal(argument) for argument in trigger.arguments)
    lines.append(f"EXECUTE FUNCTION {qualified(trigger.function_schema, trigger.function)}({arguments})")
    return "\n  ".join(lines)


def trigger_state_sql(relation: Table | View, trigger: Trigger) -> str:
    """ALTER TABLE … ENABLE, DISABLE, ENABLE ALWAYS or ENABLE REPLICA TRIGGER."""
    return (
        f"ALTER TABLE {qualified(relation.schema, relation.name)} {_ENABLE[trigger.enabled]} "
        f"TRIGGER {quote(trigger.name)}"
    )


def drop_trigger_sql(relation: Table | View, trigger: Trigger) -> str:
    """DROP TRIGGER."""
    return f"DROP TRIGGER {quote(trigger.name)} ON {qualified(relation.schema, relation.name)}"
