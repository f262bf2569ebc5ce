"""Columns as Drizzle writes them: the builder of the type, then what is true of the column (seed: column reference)."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Iterator

from dbarchitect.model.column import Column, Identity
from dbarchitect.model.constraint import ForeignKey
from dbarchitect.model.intent import ColumnIntent
from dbarchitect.model.names import MAX_BYTES
from dbarchitect.model.table import Table
from dbarchitect.model.types import SqlType, parse_type
from dbarchitect.settings import Settings
from dbarchitect.sql.expression import as_default
from dbarchitect.sql.tokens import without_outer_parentheses
from dbarchitect.write.drizzle.columns_custom import CustomTypes
from dbarchitect.write.drizzle.expressions import is_literal, literal_value, sql_template
from dbarchitect.write.drizzle.held import Held
from dbarchitect.write.drizzle.imports import ORM, Imports
from dbarchitect.write.drizzle.layout import Call, Node, Obj, Raw, chain
from dbarchitect.write.drizzle.naming import Names
from dbarchitect.write.drizzle.typescript import member, string

_NO_INTENT = ColumnIntent()
_NUMBER = re.compile(r"-?(?:0|[1-9]\d{0,14})(?:\.\d{0,8}[1-9])?\Z")
_TYPESCRIPT = re.compile(r"[\w\s$<>,|&\[\]{}:;?()'\".-]+\Z")
_CLOSES = {")": "(", "]": "[", "}": "{", ">": "<"}


class ColumnWriter:
    """Writes the columns of one file.

    Args:
        held: what Drizzle holds of the schema.
        names: the names of the project.
        settings: for `ids` and `runtime`.
        custom: where types without a builder are collected.
        imports: what the file imports.
    """

    def __init__(self, held: Held, names: Names, settings: Settings, custom: CustomTypes, imports: Imports) -> None:
        self._held = held
        self._intents = held.schema.intent.columns
        self._names = names
        self._settings = settings
        self._custom = custom
        self._imports = imports
        self._enums = {(enum.schema, enum.name): enum for enum in held.enums}

    def column(self, table: Table, column: Column, reference: ForeignKey | None, *, cyclic: bool = False) -> Node:
        """The builder chain of a column.

        Args:
            table: its table.
            column: the column.
            reference: the foreign key that is written with the column; None when it has none of its own.
            cyclic: the reference leads back here, so that TypeScript must be told its type.
        """
        column = self._held.column(column)
        intent = self._intents.get(table.column_address(column.name), _NO_INTENT)
        links = list(self._type_links(column.type, intent))
        links += self._key_links(table, column, intent)
        if reference is not None:
            links.append(self._reference(table, reference, cyclic))
        return chain(self.builder(column.name, column.type, intent.mode), links)

    def builder(self, name: str, kind: SqlType, mode: str = "") -> Call:
        """`varchar('name', { length: 255 })`, without anything that follows."""
        if (kind.schema, kind.name) in self._enums and not self._needs_custom(kind):
            place = kind.schema or "public"
            return Call(self._imports.add("./enums", self._names.enum(place, kind.name)), [Raw(string(name))])
        if self._needs_custom(kind):
            custom = self._custom.name(kind if kind.dimensions > 1 else kind.element)
            return Call(self._imports.add("./types", custom), [Raw(string(name))])
        info = kind.info
        assert info is not None
        assert info.drizzle is not None
        options = _options(kind, mode)
        arguments: list[Node] = [Raw(string(name))]
        if options:
            arguments.append(Obj([(key, Raw(value)) for key, value in options]))
        return Call(self._imports.core(info.drizzle), arguments)

    def _needs_custom(self, kind: SqlType) -> bool:
        if kind.dimensions > 1:
            return True
        if kind.schema is not None:
            return (kind.schema, kind.name) not in self._enums
        info = kind.info
        if info is None or info.drizzle is None:
            return True
        if info.category == "vector" and not kind.arguments:
            return True
        return info.name == "interval" and len(kind.arguments) == 1 and "(" in kind.arguments[0]

    def _type_links(self, kind: SqlType, intent: ColumnIntent) -> Iterator[Call]:
        if kind.category == "json" and intent.typescript and safe_type(intent.typescript):
            yield Call(f"$type<{intent.typescript}>")
        if kind.dimensions == 1:  # after the type, which is that of one element
            yield Call("array")

    def _key_links(self, table: Table, column: Column, intent: ColumnIntent) -> list[Call]:
        required = [] if column.nullable else [Call("notNull")]
        default = self._default_links(table, column, intent)
        if inline_key(table, column.name):
            return [Call("primaryKey"), *required, *default, *self._id_links(column, intent)]
        if self._touched(column, intent):
            now = "new Date()" if effective_mode(column.type, intent.mode) == "date" else "new Date().toISOString()"
            return [*required, *default, Call("$onUpdate", [Raw(f"() => {now}", plain=False)])]
        if [link.name for link in default] == ["defaultNow"] and intent.managed != "updated_at":
            return [*default, *required]  # the seed's order for created_at
        return [*required, *default]

    def _touched(self, column: Column, intent: ColumnIntent) -> bool:
        if column.type.category != "timestamp" or column.type.dimensions:
            return False
        return intent.managed == "updated_at" or (intent.managed is None and column.name == "updated_at")

    def _id_links(self, column: Column, intent: ColumnIntent) -> list[Call]:
        wanted = self._settings.ids == "default-fn" and column.type.name == "uuid" and not column.type.dimensions
        if not wanted or column.default is not None or intent.managed not in ("id", None):
            return []
        if self._settings.runtime == "bun":
            return [Call("$defaultFn", [Raw("() => Bun.randomUUIDv7()", plain=False)])]
        name = self._imports.add("../uuid", "randomUuidV7")
        return [Call("$defaultFn", [Raw(f"() => {name}()", plain=False)])]

    def _default_links(self, table: Table, column: Column, intent: ColumnIntent) -> list[Call]:
        if column.generated is not None:
            return [Call("generatedAlwaysAs", [Raw(self._sql(column.generated.expression))])]
        if column.identity is not None:
            return [self._identity(table, column, column.identity)]
        if column.default is None:
            return []
        return [self._default(column, column.default, intent)]

    def _default(self, column: Column, default: str, intent: ColumnIntent) -> Call:
        kind = column.type
        text = _without_own_cast(kind, default.strip())
        if not kind.dimensions and text == "now()" and kind.category == "timestamp":
            return Call("defaultNow")
        if not kind.dimensions and text == "gen_random_uuid()" and kind.name == "uuid":
            return Call("defaultRandom")
        value = self._literal(kind, text, intent)
        return Call("default", [Raw(value if value is not None else self._sql(_shielded(text)))])

    def _literal(self, kind: SqlType, text: str, intent: ColumnIntent) -> str | None:
        """The default as a TypeScript value when the kits write it back as the SQL that it was."""
        if kind.dimensions == 1:
            return "[]" if text == "'{}'" and not self._needs_custom(kind) else None
        if kind.dimensions or self._needs_custom(kind):
            return None
        if kind.category == "boolean" and text in ("true", "false"):
            return text
        mode = effective_mode(kind, intent.mode)
        if kind.category in ("integer", "float") and _NUMBER.match(text):
            return None if mode == "bigint" else text
        if kind.category == "json":
            plain = intent.typescript in (None, "unknown") or (intent.typescript or "").startswith("Record<")
            return {"'{}'": "{}" if plain else None, "'[]'": "[]"}.get(text)
        if not is_literal(text):
            return None
        value = literal_value(text)
        enum = self._enums.get((kind.schema or "", kind.name))
        if enum is not None:
            return string(value) if value in enum.labels else None
        if mode not in ("", "string"):
            return None
        if kind.category in ("text", "decimal", "uuid", "date", "time") and "\\" not in value:
            return string(value)
        return None

    def _identity(self, table: Table, column: Column, identity: Identity) -> Call:
        options = identity.options
        pairs = (
            ("startWith", options.start), ("increment", options.increment), ("minValue", options.minimum),
            ("maxValue", options.maximum), ("cache", options.cache),
        )  # fmt: skip
        entries: list[tuple[str, Node]] = [(key, Raw(_integer(value))) for key, value in pairs if value is not None]
        if options.cycle:
            entries.append(("cycle", Raw("true")))
        sequence = identity.sequence or cut_name(table.name, column.name, "seq")
        if sequence != f"{table.name}_{column.name}_seq":
            entries.insert(0, ("name", Raw(string(sequence))))
        name = "generatedAlwaysAsIdentity" if identity.always else "generatedByDefaultAsIdentity"
        return Call(name, [Obj(entries)] if entries else [])

    def _reference(self, table: Table, key: ForeignKey, cyclic: bool) -> Call:
        target = (key.target_schema, key.target_table)
        names = self._names.table(target)
        if target != table.key:
            self._imports.add(f"./{names.file}", names.variable)
        parameters = "()"
        if cyclic:
            annotated = self._imports.add("drizzle-orm/pg-core", "AnyPgColumn", type_only=True)
            parameters = f"(): {annotated}"
        column = member(names.variable, names.columns[key.target_columns[0]])
        actions: list[tuple[str, Node]] = [("onDelete", Raw(string(key.on_delete)))]
        if key.on_update != "no action":
            actions.append(("onUpdate", Raw(string(key.on_update))))
        return Call("references", [Raw(f"{parameters} => {column}", plain=False), Obj(actions)])

    def _sql(self, expression: str) -> str:
        self._imports.add(ORM, "sql")
        return sql_template(expression)


def inline_key(table: Table, column: str) -> bool:
    """Whether the primary key is written with the column: it is that column alone and has PostgreSQL's name."""
    key = table.primary_key
    return key is not None and key.columns == (column,) and key.name == default_key_name(table)


def default_key_name(table: Table) -> str:
    """The name that PostgreSQL gives a primary key; '' where it would cut the table's name."""
    name = f"{table.name}_pkey"
    return name if len(name.encode()) <= MAX_BYTES else ""


def cut_name(table: str, column: str, label: str) -> str:
    """The name that PostgreSQL makes of a table, a column and a label: the longer part is cut until it fits.

    Source: makeObjectName in PostgreSQL's src/backend/commands/indexcmds.c.
    """
    parts = [table.encode(), column.encode()]
    room = MAX_BYTES - len(label.encode()) - 2
    while len(parts[0]) + len(parts[1]) > room:
        longer = 0 if len(parts[0]) > len(parts[1]) else 1
        parts[longer] = parts[longer][:-1]
    first, second = (part.decode(errors="ignore") for part in parts)
    return f"{first}_{second}_{label}"


def safe_type(text: str) -> bool:
    """Whether a TypeScript type can stand between `<` and `>` without leaving them."""
    if not _TYPESCRIPT.match(text) or "//" in text or "=>" in text or text.count("'") % 2 or text.count('"') % 2:
        return False
    open_brackets: list[str] = []
    for character in re.sub(r"'[^']*'|\"[^\"]*\"", "", text):
        if character in "([{<":
            open_brackets.append(character)
        elif character in _CLOSES and (not open_brackets or open_brackets.pop() != _CLOSES[character]):
            return False
    return not open_brackets


_MODES = {
    "bigint": ("number", "bigint"), "numeric": ("number", "string", "bigint"), "date": ("date", "string"),
    "timestamp": ("date", "string"), "timestamptz": ("date", "string"),
}  # fmt: skip
_USUAL = {"numeric": "string", "date": "string", "timestamp": "date", "timestamptz": "date"}


def effective_mode(kind: SqlType, mode: str) -> str:
    """Drizzle's mode of a column: the user's where both lines know it, else the usual one; '' for a type without."""
    return mode if mode in _MODES.get(kind.name, ()) else _USUAL.get(kind.name, "number" * (kind.name == "bigint"))


def _options(kind: SqlType, mode: str = "") -> list[tuple[str, str]]:
    """The options of a builder as (key, TypeScript)."""
    options = _type_options(kind)
    chosen = effective_mode(kind, mode)
    if chosen and chosen != _USUAL.get(kind.name):
        options.append(("mode", string(chosen)))
    return options


def _type_options(kind: SqlType) -> list[tuple[str, str]]:
    numbers = [argument for argument in kind.arguments if re.fullmatch(r"-?\d+", argument)]
    name = kind.name
    if name in ("varchar", "char") and numbers:
        return [("length", numbers[0])]
    if name == "numeric" and numbers:
        return list(zip(("precision", "scale"), numbers, strict=False))
    if name in ("timestamptz", "timetz", "timestamp", "time"):
        zone = [("withTimezone", "true")] if name.endswith("tz") else []
        return [*zone, *([("precision", numbers[0])] if numbers else [])]
    if name == "interval" and kind.arguments:
        return [("precision", numbers[0])] if numbers else [("fields", string(kind.arguments[0]))]
    if name == "bit":
        return [("dimensions", numbers[0] if numbers else "1")]
    if name in ("vector", "halfvec", "sparsevec"):
        return [("dimensions", numbers[0])]
    return []


def _without_own_cast(kind: SqlType, text: str) -> str:
    """`'draft'::order_status` -> `'draft'` where the cast is to the column's own type, as the catalog writes it."""
    match = re.fullmatch(r"('(?:[^']|'')*')::(.+)", text)
    if not match:
        return text
    with contextlib.suppress(ValueError):
        cast = parse_type(match[2], schema=kind.schema or "public")
        if (cast.schema, cast.name, cast.dimensions) == (kind.schema, kind.name, kind.dimensions):
            return match[1]
    return text


def _integer(value: int) -> str:
    return str(value) if abs(value) < 2**53 else string(str(value))


def _shielded(expression: str) -> str:
    """In parentheses when line 1 would cut a cast off its end (it takes `::type` at the end for its own)."""
    bare = as_default(expression)
    literal_cast = re.fullmatch(r"'(?:[^']|'')*'(?:::[\w\" .()]+(?:\[\])?)?", bare)
    whole = bare.startswith("(") and without_outer_parentheses(bare) != bare
    return f"({bare})" if "::" in bare and not literal_cast and not whole else bare
