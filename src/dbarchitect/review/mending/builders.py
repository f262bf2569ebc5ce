"""Builders of columns in TypeScript: types, defaults, references."""

from __future__ import annotations

import re
from collections.abc import Mapping

from dbarchitect.model.column import Column
from dbarchitect.model.finding import Edit
from dbarchitect.model.types import SqlType
from dbarchitect.read.drizzle.declared import DeclaredColumn
from dbarchitect.review.mending import options
from dbarchitect.review.mending.imports import Imports
from dbarchitect.review.mending.items import items
from dbarchitect.review.mending.script import Script
from dbarchitect.write.drizzle.expressions import is_literal, literal_value, sql_template

DEFAULTS = ("default", "defaultNow", "defaultRandom", "generatedAlwaysAs", "generatedAlwaysAsIdentity",
            "generatedByDefaultAsIdentity")  # fmt: skip
_MODES = {
    ("bigint", "number"): "number", ("numeric", "number"): "number", ("timestamptz", "string"): "string",
    ("timestamp", "string"): "string",
}  # fmt: skip
"""The mode in which a type has the TypeScript type that the column had before, so that the program still compiles."""
_NUMBER = re.compile(r"-?\d{1,15}(?:\.\d+)?\Z")
_TIMES = ("timestamp", "timestamptz", "time", "timetz")


def retyped(script: Script, imports: Imports, column: DeclaredColumn, old: SqlType, new: SqlType) -> list[Edit] | None:
    """The edits that give a column another type; None when TypeScript cannot say it.

    What the builder's call says beside the type (the name, the mode, `enum`) stays where the new type knows it.

    Args:
        script: the file that holds the column.
        imports: where builders come from.
        column: the column.
        old: its type.
        new: the type that it gets.
    """
    info, before = new.info, old.info
    if info is None or before is None or info.drizzle is None or not column.chain:
        return None
    if old.dimensions != new.dimensions or column.builder != before.drizzle:
        return None
    wanted = type_options(new)
    call = column.chain[0]
    if info.drizzle == before.drizzle:
        return _adjusted(script, column, type_options(old), wanted)
    listed = options.listing(call)
    if listed is None:
        return None
    first = items(listed)[0] if items(listed) else None
    name = [script.source.text_of(first)] if first is not None and first.type in ("string", "template_string") else []
    if before.typescript != info.typescript or new.name == "bigint":
        mode = _MODES.get((new.name, before.typescript))
        if mode is None or options.option(script, call, "mode") is not None:
            return None
        wanted = {"mode": script.literal(mode), **wanted}
    written = ", ".join(f"{key}: {value}" for key, value in wanted.items())
    text = f"{imports.core(info.drizzle)}({', '.join([*name, *([f'{{ {written} }}'] if written else [])])})"
    return [script.edit(call.start, call.end, text), *imports.edits]


def _adjusted(
    script: Script, column: DeclaredColumn, before: Mapping[str, str], wanted: Mapping[str, str]
) -> list[Edit] | None:
    edits: list[Edit] = []
    for key, value in wanted.items():
        if before.get(key) != value:
            made = options.set_option(script, column.chain[0], key, value)
            if made is None:
                return None
            edits += made
    for key in before.keys() - wanted.keys():
        edits += options.drop_option(script, column.chain[0], key)
    return edits or None


def type_options(kind: SqlType) -> dict[str, str]:
    """The options of a type's builder."""
    numbers = [argument for argument in kind.arguments if argument.lstrip("-").isdigit()]
    if kind.name in ("varchar", "char") and numbers:
        return {"length": numbers[0]}
    if kind.name == "numeric" and numbers:
        return dict(zip(("precision", "scale"), numbers, strict=False))
    if kind.name in _TIMES:
        zone = {"withTimezone": "true"} if kind.name.endswith("tz") else {}
        return {**zone, **({"precision": numbers[0]} if numbers else {})}
    return {}


def default_modifier(script: Script, imports: Imports, kind: SqlType, expression: str) -> str:
    """The modifier that sets a default: `defaultNow()`, `default(0)`, ``default(sql`…`)``.

    Args:
        script: the file.
        imports: where `sql` comes from.
        kind: the column's type.
        expression: the default as SQL.
    """
    text = expression.strip()
    if not kind.dimensions:
        if text.lower() in ("now()", "current_timestamp") and kind.category == "timestamp":
            return "defaultNow()"
        if text.lower() == "gen_random_uuid()" and kind.name == "uuid":
            return "defaultRandom()"
        if kind.category == "boolean" and text.lower() in ("true", "false"):
            return f"default({text.lower()})"
        if kind.category in ("integer", "float") and _NUMBER.match(text):
            return f"default({text})"
        if kind.category == "text" and is_literal(text) and "\\" not in text:
            return f"default({script.literal(literal_value(text))})"
    return f"default({imports.sql()}{sql_template(text).removeprefix('sql')})"


def column_entry(script: Script, imports: Imports, column: Column) -> str | None:
    """The builder chain of a new column; None when Drizzle has no builder for its type."""
    info = column.type.info
    if info is None or info.drizzle is None or column.type.dimensions > 1 or column.identity or column.generated:
        return None
    written = ", ".join(f"{key}: {value}" for key, value in type_options(column.type).items())
    name = script.literal(column.name)
    text = f"{imports.core(info.drizzle)}({name}{f', {{ {written} }}' if written else ''})"
    text += ".array()" if column.type.dimensions else ""
    if column.default is not None:
        text += f".{default_modifier(script, imports, column.type, column.default)}"
    return text if column.nullable else f"{text}.notNull()"
