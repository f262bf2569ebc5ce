"""Attributes to columns: type by meaning, requiredness, defaults, and the checks that come with them."""

from __future__ import annotations

import re
from dataclasses import replace

from dbarchitect.design import enumerations
from dbarchitect.design.blueprint import Blueprint, TableDraft, fold_field
from dbarchitect.design.brief.requirements import Attribute
from dbarchitect.design.expression import ident, literal
from dbarchitect.design.meanings import DRIZZLE_TYPES, EMAIL_SHAPE, MEANINGS, Meaning
from dbarchitect.design.nouns import guess, names_a_key, names_a_person
from dbarchitect.design.wording import an, capital, spell
from dbarchitect.model.constraint import Check
from dbarchitect.model.intent import ColumnIntent
from dbarchitect.model.names import words
from dbarchitect.model.types import SqlType

_NUMBER = re.compile(r"[+-]?\d+(\.\d+)?\Z")
_MANAGED = {"id": "id", "created_at": "created_at", "updated_at": "updated_at", "deleted_at": "deleted_at"}
_DAY = r"\d{4}-(0\d|1[0-2])-([0-2]\d|3[01])"
_CLOCK = r"([01]\d|2[0-4]):[0-5]\d(:[0-5]\d(\.\d+)?)?"
_FORMS = {
    "date": re.compile(_DAY + r"\Z"),
    "time": re.compile(_CLOCK + r"\Z"),
    "timestamp": re.compile(rf"{_DAY}([ T]{_CLOCK} ?(Z|[+-]\d\d(:?\d\d)?)?)?\Z", re.IGNORECASE),
    "uuid": re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\Z", re.IGNORECASE),
    "interval": re.compile(r"(P[\dYMWDTHS.]+|([+-]?\d+(\.\d+)? ?[a-z]+,? ?)+|[+-]?\d+(:\d\d){1,2}|0)\Z", re.IGNORECASE),
    "json": re.compile(r"[\[{\"\d-].*\Z|(true|false|null)\Z", re.DOTALL),
    "network": re.compile(r"[0-9a-f.:]+(/\d{1,3})?\Z", re.IGNORECASE),
}
_TYPED = re.compile(r"\w+ '(.*)'\Z")
SHAPES = {
    "email": "is an e-mail address in lower case",
    "slug": "holds lower-case letters, digits and single hyphens",
    "phone": "is in international form, such as +351210000000",
    "color": "is a colour such as #1a2b3c",
    "url": "begins with http:// or https://",
    "country": "is a two-letter code such as PT",
    "language": "is a language tag such as pt-BR",
    "currency": "is a three-letter code such as EUR",
    "coordinates": "is a longitude from -180 to 180 and a latitude from -90 to 90",
    "settings": "is a JSON object",
}
_EXACT = frozenset({"integer", "decimal", "float"})


def draw_attributes(plan: Blueprint, table: TableDraft) -> None:
    """Append a column for each attribute of the table's entity that is no managed column and no reference."""
    for attribute in table.entity.attributes:
        key = fold_field(attribute.name)
        if key in _MANAGED or (key in ("id", table.entity.name + "_id") or key in table.fields):
            _already_there(plan, table, attribute, key)
            continue
        draw_attribute(plan, table, attribute)


def draw_attribute(plan: Blueprint, table: TableDraft, attribute: Attribute) -> str:
    """Append the column (a file gets three) of one attribute with its checks; the column's name."""
    meaning = meaning_of(attribute)
    if attribute.values or attribute.enumeration:
        return enumerations.draw(plan, table, attribute)
    name = table.free_column(column_name(attribute.name, meaning))
    kind = _type(plan, table, attribute, meaning)
    required = is_required(attribute, meaning)
    default = _default(plan, table, attribute, meaning, kind, required=required)
    low, high = _bounds(plan, table, attribute, meaning, kind)
    intent = ColumnIntent(
        meaning="" if attribute.type in DRIZZLE_TYPES else meaning.name,
        description=attribute.description,
        personal=attribute.personal or meaning.personal or names_a_person(attribute.name),
        typescript=meaning.typescript if kind.category == "json" else None,
        minimum=low,
        maximum=high,
        mode=attribute.mode,
    )
    table.add(name, kind, nullable=not required, default=default, intent=intent, attribute=attribute,
              fields=(attribute.name,))  # fmt: skip
    _checks(plan, table, name, meaning, low, high, array=attribute.array)
    if meaning.name == "file":
        _file_details(table, name, attribute, required=required)
    if meaning.because and meaning.name not in ("phone", "slug"):
        plan.decide(table.column_address(name), f"{name} is {kind.sql()}", meaning.because, topic="types",
                    origin=attribute.origin)  # fmt: skip
    return name


def meaning_of(attribute: Attribute) -> Meaning:
    """What the attribute means: what the brief says, or else what its name says."""
    if attribute.type:
        return MEANINGS.get(attribute.type, MEANINGS[""])
    return MEANINGS[guess(attribute.name)]


def column_name(name: str, meaning: Meaning) -> str:
    """The column's name in snake_case: `password` becomes `password_hash`, because that is what is stored."""
    base = fold_field(name)
    return base if not meaning.suffix or base.endswith(meaning.suffix) else f"{base}_{meaning.suffix}"


def is_required(attribute: Attribute, meaning: Meaning) -> bool:
    """Whether a row needs a value: what the brief says, a key's nature, or else the meaning's habit."""
    if attribute.required is not None:
        return attribute.required
    return meaning.required or attribute.unique is not None


def key_scope(attribute: Attribute) -> bool:
    """Whether the attribute is a business key although the brief does not say so."""
    if attribute.type or attribute.array or attribute.unique is not None:
        return False
    return meaning_of(attribute).unique or names_a_key(attribute.name)


def _already_there(plan: Blueprint, table: TableDraft, attribute: Attribute, key: str) -> None:
    if key == "id":
        plan.decide(table.address, f"`{attribute.name}` of the brief is the surrogate key",
                    "Every table has the same key, so references, queries and seeds look the same everywhere.",
                    topic="keys", origin=attribute.origin)  # fmt: skip


def _type(plan: Blueprint, table: TableDraft, attribute: Attribute, meaning: Meaning) -> SqlType:
    kind = meaning.type
    if kind.name == "varchar":
        modern = not plan.house and meaning.name != "varchar"
        kind = SqlType("text") if modern else SqlType("varchar", (str(attribute.length or kind.arguments[0]),))
    elif kind.name == "char" and meaning.name == "char":
        kind = SqlType("char", (str(attribute.length or 1),))
    elif kind.name == "numeric" and attribute.precision is not None:
        kind = SqlType("numeric", (str(attribute.precision), str(attribute.scale or 0)))
    elif kind.name in ("timestamptz", "time") and attribute.precision is not None:
        kind = SqlType(kind.name, (str(attribute.precision),))
    if meaning.name == "timestamp":
        plan.decide(
            table.column_address(fold_field(attribute.name)),
            f"`timestamp` of `{attribute.name}` became timestamp with time zone",
            "A timestamp without zone means another moment on every server and twice a year none at all; "
            "the seed forbids it.",
            ("timestamp without time zone", "right only for wall-clock times that must not move with the zone"),
            topic="types", origin=attribute.origin,
        )  # fmt: skip
    return kind.array() if attribute.array and not kind.dimensions else kind


def _default(
    plan: Blueprint, table: TableDraft, attribute: Attribute, meaning: Meaning, kind: SqlType, *, required: bool
) -> str | None:
    if attribute.default is None:
        if attribute.array:
            return f"'{{}}'::{kind.sql()}" if required or attribute.required is None else None
        if meaning.name == "boolean" and required:
            return "false"
        return meaning.default if required else None
    written = write_value(attribute.default, kind)
    if written is None:
        plan.problem(
            f"{table.one}.{attribute.name}: {attribute.default!r} is no value of type {kind.sql()}", attribute.origin
        )
    return written


def write_value(text: str, kind: SqlType) -> str | None:
    """A value in everyday form as an SQL expression of that type; None when it is no value of the type.

    Args:
        text: such as `0`, `true`, `now`, `draft`.
        kind: the column's type.
    """
    folded = text.strip().lower()
    if kind.dimensions:
        items = [item.strip() for item in text.strip("[]{} ").split(",") if item.strip()]
        inner = ", ".join(write_value(item, kind.element) or "null" for item in items)
        return f"array[{inner}]::{kind.sql()}" if items else f"'{{}}'::{kind.sql()}"
    if kind.category in ("timestamp", "date", "time") and folded in ("now", "now()", "today", "current_date"):
        return {"date": "current_date", "time": "localtime"}.get(kind.category, "now()")
    if kind.category == "boolean":
        truth = {"true": "true", "yes": "true", "on": "true", "1": "true",
                 "false": "false", "no": "false", "off": "false", "0": "false"}  # fmt: skip
        return truth.get(folded)
    if kind.category in _EXACT:
        whole = kind.category == "integer"
        return folded if _NUMBER.match(folded) and not (whole and "." in folded) else None
    if kind.category in ("timestamp", "date", "time", "uuid", "interval", "json", "network", "range", "geometry"):
        return f"{literal(text)}::{kind.sql()}" if _is_shaped(text.strip(), kind) else None
    return literal(text)


def _is_shaped(text: str, kind: SqlType) -> bool:
    """Whether a text can be a value of a type that has a form of its own; ranges and shapes are left to PostgreSQL."""
    form = _FORMS.get(kind.category)
    return form is None or bool(form.match(text))


def _bounds(
    plan: Blueprint, table: TableDraft, attribute: Attribute, meaning: Meaning, kind: SqlType
) -> tuple[str | None, str | None]:
    """The smallest and largest value as SQL: the user's, or those of the meaning."""
    given: list[str | None] = []
    for text in (attribute.minimum, attribute.maximum):
        written = None if text is None else write_bound(text, kind)
        if text is not None and written is None:
            plan.problem(f"{table.one}.{attribute.name}: {text!r} is no limit for {kind.sql()}", attribute.origin)
        given.append(written)
    low = given[0] if attribute.minimum is not None else meaning.minimum
    high = given[1] if attribute.maximum is not None else meaning.maximum
    if meaning.name == "quantity" and attribute.minimum is None and _counts_lines(table, attribute):
        low = "1"
    if low and high and _NUMBER.match(low) and _NUMBER.match(high) and float(low) > float(high):
        plan.problem(f"{table.one}.{attribute.name}: at least {low} and at most {high} cannot both hold",
                     attribute.origin)  # fmt: skip
    return low, high


def write_bound(text: str, kind: SqlType) -> str | None:
    """A limit as SQL; texts are limited by their length, so theirs is a number."""
    if kind.category == "text":
        return text.strip() if text.strip().isdigit() else None
    written = write_value(text, kind.element)
    if written and kind.category in ("date", "timestamp", "time", "interval") and written.startswith("'"):
        name = "timestamptz" if kind.name == "timestamptz" else kind.name
        return f"{name} {literal(text.strip())}"
    return None if written in ("now()", "current_date", "localtime") else written


def _counts_lines(table: TableDraft, attribute: Attribute) -> bool:
    """A line of a document counts at least one piece; a shelf may be empty."""
    line = words(table.entity.name)[-1:] in (["item"], ["line"], ["detail"], ["entry"])
    return line and fold_field(attribute.name) in ("quantity", "qty") and attribute.default != "0"


def _checks(
    plan: Blueprint, table: TableDraft, name: str, meaning: Meaning, low: str | None, high: str | None, *, array: bool
) -> None:
    if array:
        return
    column = ident(name)
    template = meaning.check
    if meaning.name == "email" and email_case(plan) == "preserve":
        template = EMAIL_SHAPE
    parts = [template.format(c=column)] if template else []
    subject = f"char_length({column})" if table.columns[name].column.type.category == "text" else column
    if low is not None and high is not None:
        parts.append(f"{subject} between {low} and {high}")
    elif low is not None:
        parts.append(f"{subject} >= {low}")
    elif high is not None:
        parts.append(f"{subject} <= {high}")
    if parts:
        check = Check(table.constraint((name,), "check"), " and ".join(parts))
        table.checks.append(check)
        said = [SHAPES[meaning.name]] if template and meaning.name in SHAPES else []
        if low is not None or high is not None:
            said.append(f"is {limits(low, high, table.columns[name].column.type)}")
        if said:
            sentence = f"{capital(spell([name]))} of {an(table.one)} {' and '.join(said)}."
            plan.reasons[table.constraint_address(check.name)] = sentence


def limits(low: str | None, high: str | None, kind: SqlType) -> str:
    """Limits in words: `between 1 and 5`, `at least 3 characters long`."""
    long = " characters long" if kind.category == "text" else ""
    plain = [None if text is None else _TYPED.sub(r"\1", text) for text in (low, high)]
    if low is not None and high is not None:
        return f"between {plain[0]} and {plain[1]}{long}"
    return f"at least {plain[0]}{long}" if low is not None else f"at most {plain[1]}{long}"


def email_case(plan: Blueprint) -> str:
    """How addresses are kept: `lower` (the default) or `preserve`."""
    return plan.requirements.answers.get("email-case", "lower")


def _file_details(table: TableDraft, key: str, attribute: Attribute, *, required: bool) -> None:
    """Size and type beside the key of a stored file, all or none of them."""
    base = key.removesuffix("_key")
    kind = table.free_column(f"{base}_mime_type")
    size = table.free_column(f"{base}_size")
    table.add(kind, SqlType("varchar", ("255",)), nullable=not required, attribute=replace(attribute, description=""))
    table.add(size, SqlType("bigint"), nullable=not required,
              intent=ColumnIntent(minimum="0", description="Size of the file in bytes.", mode="number"))  # fmt: skip
    table.checks.append(Check(table.constraint((size,), "check"), f"{ident(size)} >= 0"))
    if not required:
        columns = ", ".join(ident(name) for name in (key, kind, size))
        together = Check(table.constraint((base, "together"), "check"), f"num_nulls({columns}) in (0, 3)")
        table.checks.append(together)


def explain(plan: Blueprint, where: str) -> None:
    """The decisions about types that hold for the whole schema."""
    if plan.house:
        plan.decide(
            where, "Texts with a natural limit are varchar(n), longer ones text",
            "The limit stands where forms and imports can read it; in PostgreSQL both cost the same.",
            ("text everywhere", "a limit is changed without touching the column, as a check; profile `modern`"),
            topic="types",
        )  # fmt: skip
    else:
        plan.decide(
            where, "Texts are text; a limit that matters is a check",
            "varchar(255) protects nothing that a check on the real rule would not say better.",
            ("varchar(n)", "shows the limit in the type; changing it needs the column's type changed"), topic="types",
        )  # fmt: skip
    guessed = sorted(
        name
        for table in plan.tables.values()
        for name, draft in ((f"{table.name}.{n}", d) for n, d in table.columns.items())
        if draft.attribute and not draft.attribute.type and draft.attribute.required is None
        and not (draft.attribute.values or draft.attribute.enumeration)
    )  # fmt: skip
    if guessed:
        plan.decide(
            where, "Attributes without a type or `optional` got both from their names",
            f"{len(guessed)} of them, such as {', '.join(guessed[:4])}; a name is required, a description is not. "
            "brief.yaml lists each with its type; what you write there wins.",
            topic="types",
        )  # fmt: skip
