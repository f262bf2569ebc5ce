"""`src/db/validation/<table>.ts`: Zod schemas that know what the database knows (DESIGN section 5; seed: validation).

drizzle-zod takes types, lengths and NOT NULL from the table. What it misses is added: checks, the size of numerics, and
that nobody sends an id or a tenant with a change.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

from dbarchitect.write.drizzle.code import Known, render
from dbarchitect.write.drizzle.column_rules import PairRule, TableRules, ValueRule, table_rules
from dbarchitect.write.drizzle.messages import bound_words, form_of
from dbarchitect.write.drizzle.subject import Field, Project, Subject
from dbarchitect.write.drizzle.typescript import member, property_key, string

FOLDER = "src/db/validation"
_KINDS = {
    "smallint": "ZodInt",
    "integer": "ZodInt",
    "bigint": "ZodInt",
    "real": "ZodNumber",
    "double precision": "ZodNumber",
}
_TUPLES = {"point": 2, "line": 3}
_TEXTS = frozenset({"text", "varchar", "char"})
_POSIX = {
    "[:space:]": r"\s", "[:alpha:]": "a-zA-Z", "[:digit:]": r"\d", "[:alnum:]": "a-zA-Z0-9", "[:upper:]": "A-Z",
    "[:lower:]": "a-z",
}  # fmt: skip


def validation_files(project: Project) -> dict[str, str]:
    """The files under `src/db/validation` by their path in the project."""
    package = "drizzle-orm/zod" if project.settings.drizzle == "1" else "drizzle-zod"
    subjects = [subject for subject in project.subjects if subject.writable or subject.is_junction]
    files = {}
    for subject in subjects:
        body = _body(subject)
        known = Known(
            {
                package: ["createInsertSchema", "createUpdateSchema"],
                "zod": ["z" if re.search(r"\bz\.(record|custom|string|array)\b", body) else "type z"],
                "../schema": [subject.names.variable, f"type {subject.names.insert_type}"],
                "./rules": ["decimal"],
            }
        )
        files[f"{FOLDER}/{subject.names.file}.ts"] = known.file(body)
    if any("decimal" in text and "./rules" in text for text in files.values()):
        files[f"{FOLDER}/rules.ts"] = render("helpers/rules.ts.j2")
    return files


def _body(subject: Subject) -> str:
    rules = table_rules(subject.table)
    entries = [entry for field in subject.writable if (entry := _entry(subject, field, rules.of(field.column.name)))]
    fixed = [field.prop for field in subject.fields.values() if field not in subject.writable]
    insertable = [name for name in fixed if _in_insert(subject, name)]
    key = [field.prop for field in subject.whole_key if field is not subject.tenant]
    pairs = [_pair(subject, pair) for pair in rules.pairs if _both_writable(subject, pair)]
    return render(
        "helpers/validation.ts.j2",
        subject=subject,
        entries=entries,
        omitted=insertable,
        fixed=[name for name in dict.fromkeys([*key, *insertable]) if _in_insert(subject, name)],
        pairs=pairs,
        groups=[*_groups(subject, rules)],
        unread=[check.name for check in rules.unread],
    )


def _in_insert(subject: Subject, name: str) -> bool:
    """Whether createInsertSchema has the column: it leaves out what PostgreSQL always computes."""
    field = next(field for field in subject.fields.values() if field.prop == name)
    return field.column.generated is None and not (field.column.identity and field.column.identity.always)


def _entry(subject: Subject, field: Field, rule: ValueRule) -> dict[str, str] | None:
    kind = field.column.type
    if kind.dimensions == 1 and kind.name in _TUPLES:  # drizzle-zod of line 1 would take one of them for the list
        numbers = ", ".join(["z.number()"] * _TUPLES[kind.name])
        return {"key": property_key(field.prop), "parameter": "", "value": f"z.array(z.tuple([{numbers}]))"}
    if kind.dimensions < 2 and kind.category == "json" and field.intent.typescript not in (None, "", "unknown"):
        return _json_entry(subject, field)
    if kind.dimensions or kind.schema is not None:
        return None
    if kind.info and kind.info.drizzle is None and kind.info.typescript == "string" and not field.column.generated:
        # Of a type that Drizzle has no builder for, drizzle-zod would take anything.
        return {"key": property_key(field.prop), "parameter": "", "value": "z.string()"}
    links = []
    if kind.name in _TEXTS:
        zod, links = "ZodString", list(_text_links(field, rule))
    elif kind.name == "numeric" and field.intent.mode in ("", "string"):
        zod, links = "ZodString", list(_decimal_links(rule))
    elif kind.name in _KINDS and field.intent.mode in ("", "number"):
        zod, links = _KINDS[kind.name], list(_number_links(rule))
    elif kind.name in ("date", "timestamptz", "timestamp"):
        zod, links = _moment_links(field, rule)
    else:
        return None
    base = _decimal(kind.arguments) if kind.name == "numeric" and kind.arguments else "schema"
    if not links and base == "schema":
        return None
    return {"key": property_key(field.prop), "parameter": f"schema: z.{zod}", "value": base + "".join(links)}


def _json_entry(subject: Subject, field: Field) -> dict[str, str]:
    """A JSON value of a known type; drizzle-zod alone would take any JSON, an array for an object too."""
    if (field.intent.typescript or "").replace(" ", "") == "Record<string,unknown>":
        value = "z.record(z.string(), z.unknown())"
        value = f"z.array({value})" if field.column.type.dimensions else value
    else:
        value = f"z.custom<NonNullable<{subject.names.insert_type}[{string(field.prop)}]>>()"
    return {"key": property_key(field.prop), "parameter": "", "value": value}


def _decimal(arguments: tuple[str, ...]) -> str:
    precision, scale = (int(text) for text in (*arguments, "0")[:2])
    return f"decimal(schema, {precision}, {scale})"


def _text_links(field: Field, rule: ValueRule) -> Iterator[str]:
    if rule.shortest is not None:
        yield f".min({rule.shortest})"
    if rule.longest is not None:
        yield f".max({rule.longest})"
    if rule.lower:
        yield ".refine((text) => text === text.toLowerCase(), 'must be in lower case')"
    for pattern in rule.patterns:
        expression = regular_expression(pattern)
        if expression:
            yield f".regex({expression}, {string(form_of(field))})"
    if rule.values:
        listed = ", ".join(string(value) for value in rule.values)
        said = f"must be one of: {', '.join(rule.values)}"
        yield f".refine((text) => [{listed}].includes(text), {string(said)})"


def _decimal_links(rule: ValueRule) -> Iterator[str]:
    for operator, bound, said in _bounds(rule):
        yield f".refine((text) => Number(text) {operator} {bound}, {string(f'must be {said} {bound}')})"


def _bounds(rule: ValueRule) -> Iterator[tuple[str, str, str]]:
    number = re.compile(r"-?\d+(?:\.\d+)?")
    if rule.minimum and number.fullmatch(rule.minimum):
        yield (">", rule.minimum, "more than") if rule.above else (">=", rule.minimum, "at least")
    if rule.maximum and number.fullmatch(rule.maximum):
        yield ("<", rule.maximum, "less than") if rule.below else ("<=", rule.maximum, "at most")


def _number_links(rule: ValueRule) -> Iterator[str]:
    calls = {">": "gt", ">=": "min", "<": "lt", "<=": "max"}
    for operator, bound, _ in _bounds(rule):
        yield f".{calls[operator]}({bound})"


def _moment_links(field: Field, rule: ValueRule) -> tuple[str, list[str]]:
    """Bounds of dates and moments; the text of a date compares like the date."""
    is_text = field.column.type.name == "date" and field.intent.mode in ("", "string")
    zod = "ZodString" if is_text else "ZodDate"
    links = []
    for operator, bound, said in (
        (">" if rule.above else ">=", rule.minimum, "not be before" if not rule.above else "be after"),
        ("<" if rule.below else "<=", rule.maximum, "not be after" if not rule.below else "be before"),
    ):
        word = bound_words(bound)
        if word and re.fullmatch(r"\d{4}-\d\d-\d\d", word):
            compared = string(word) if is_text else f"new Date({string(word)})"
            links.append(f".refine((value) => value {operator} {compared}, {string(f'must {said} {word}')})")
    return zod, links


def regular_expression(pattern: str) -> str | None:
    """A regular expression of PostgreSQL's as one of JavaScript's; None where the two may differ."""
    translated = pattern
    for posix, plain in _POSIX.items():
        translated = translated.replace(posix, plain)
    if "[[" in translated or "[:" in translated or re.search(r"\\[^dsw.\-+*?()\[\]{}|^$/\\]", translated):
        return None
    if "(?" in translated or "***" in translated or "\n" in translated:
        return None
    if not translated.isascii() or not translated.isprintable():
        return f"new RegExp({json.dumps(translated)})"
    return "/" + re.sub(r"(?<!\\)/", r"\\/", translated) + "/"


def _both_writable(subject: Subject, pair: PairRule) -> bool:
    written = {field.column.name for field in subject.writable}
    left, right = subject.field(pair.left), subject.field(pair.right)
    return {pair.left, pair.right} <= written and left.type == right.type and left.type in ("number", "string", "Date")


def _pair(subject: Subject, pair: PairRule) -> dict[str, object]:
    left, right = subject.field(pair.left), subject.field(pair.right)
    numeric = left.column.type.name == "numeric"
    one, two = (f"Number({member('row', f.prop)})" if numeric else member("row", f.prop) for f in (left, right))
    operator = {"=": "===", "<>": "!=="}.get(pair.operator, pair.operator)
    if left.type == "Date" and pair.operator in ("=", "<>"):
        one, two = f"Number({one})", f"Number({two})"
    given = " || ".join(f"{member('row', f.prop)} == null" for f in (left, right))
    said = {"<": "must be after", "<=": "must not be before", ">": "must be before", ">=": "must not be after"}
    verb = {"<": "must be more than", "<=": "must not be less than", ">": "must be less than",
            ">=": "must not be more than", "=": "must equal", "<>": "must differ from"}  # fmt: skip
    moments = left.column.type.category in ("date", "timestamp", "time")
    spoken = (said if moments else verb).get(pair.operator, verb[pair.operator])
    return {
        "condition": f"{given} || {one} {operator} {two}",
        "message": f"{spoken} the {left.words}",
        "path": right.prop,
        "changeable": left in subject.changeable and right in subject.changeable,
    }


def _groups(subject: Subject, rules: TableRules) -> Iterator[dict[str, object]]:
    """Columns that are given together, or of which exactly one is given."""
    written = {field.column.name: field for field in subject.writable}
    for names, wanted, said in (
        *((names, "count === 0 || count === {n}", "are given together or not at all") for names in rules.together),
        *((names, "count === 1", "exactly one is needed") for names in rules.exactly_one),
    ):
        if set(names) <= written.keys():
            fields = [written[name] for name in names]
            yield {
                "values": [member("row", field.prop) for field in fields],
                "condition": wanted.format(n=len(fields)),
                "message": f"{', '.join(field.words for field in fields)}: {said}",
                "path": fields[0].prop,
            }
