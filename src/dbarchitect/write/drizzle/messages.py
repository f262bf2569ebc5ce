"""`errors.ts`: a sentence for every rule of the schema that a row can break (seed: user-friendly error messages)."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from dbarchitect.model.constraint import Check
from dbarchitect.model.names import words
from dbarchitect.sql.tokens import scan
from dbarchitect.write.drizzle.code import render
from dbarchitect.write.drizzle.column_rules import TableRules, ValueRule, read_check
from dbarchitect.write.drizzle.prose import spoken_list
from dbarchitect.write.drizzle.subject import Field, Project, Subject

Message = tuple[str, str, list[str]]
_OPERATORS = {
    ">=": "must not be less than", ">": "must be more than", "<=": "must not be more than", "<": "must be less than",
    "<>": "must differ from", "=": "must equal",
}  # fmt: skip
_LATER = {">=": "must not be before", ">": "must be after", "<=": "must not be after", "<": "must be before"}


def errors_file(project: Project) -> str:
    """The text of errors.ts."""
    maps = [
        ("KEYS", "What must exist once: unique keys and exclusions.", _sorted(project, keys)),
        ("CHECKS", "What values must be like.", _sorted(project, checks)),
        ("PARENTS", "References, seen from the row that points.", _sorted(project, parents)),
        ("CHILDREN", "References, seen from the row that is pointed at.", _sorted(project, children)),
        ("REFUSALS", "Changes that a trigger refuses, whoever asks.", _sorted(project, refusals)),
    ]
    return render("helpers/errors.ts.j2", maps=maps)


def _sorted(project: Project, source: Callable[[Subject], Iterator[Message]]) -> list[Message]:
    made = [message for subject in project.subjects for message in source(subject)]
    return sorted({name: (name, text, fields) for name, text, fields in made}.values())


def keys(subject: Subject) -> Iterator[Message]:
    """Unique constraints, unique indexes, the primary key and exclusions."""
    table = subject.table
    found = [(unique.name, unique.columns) for unique in table.uniques]
    found += [(index.name, index.columns) for index in table.indexes if index.unique]
    found += [(table.primary_key.name, table.primary_key.columns)] if table.primary_key else []
    key = tuple(field.column.name for field in subject.key)
    for name, columns in found:
        own = _own(subject, columns)
        if own == key and not subject.is_junction:
            continue  # nobody picks an id that is taken; the general message does
        if own and own == key:
            yield name, f"This {subject.one} exists already.", _properties(subject, own)
        elif own:
            yield name, f"Another {subject.one} has this {_spoken(own)}.", _properties(subject, own)
        else:
            yield name, f"This {subject.one} exists already.", []
    for exclusion in table.exclusions:
        listed = " ".join(f"{element.column or ''} {element.expression or ''}" for element in exclusion.elements)
        columns = tuple(column.name for column in table.columns if re.search(rf"\b{re.escape(column.name)}\b", listed))
        yield exclusion.name, f"Another {subject.one} holds this already.", _properties(subject, _own(subject, columns))


def checks(subject: Subject) -> Iterator[Message]:
    """Checks, and triggers that count."""
    for check in subject.table.checks:
        columns = check_columns(subject, check)
        yield check.name, check_message(subject, check), _properties(subject, columns)
    for trigger in subject.table.triggers:
        if trigger.function == "limit_rows" and len(trigger.arguments) >= 3:
            name, limit, _, *group = trigger.arguments
            own = _own(subject, tuple(group))
            text = f"There are {limit} {subject.many} for this {_spoken(own)} already, and no more may be added."
            yield name, text, _properties(subject, own)


def check_columns(subject: Subject, check: Check) -> tuple[str, ...]:
    """The columns that a check speaks of."""
    used = {token.name for token in scan(check.expression)}
    return tuple(column.name for column in subject.table.columns if column.name in used)


def check_message(subject: Subject, check: Check) -> str:
    """What the check demands, as a sentence."""
    rules = TableRules()
    if not read_check(check, subject.table, rules):
        spoken = _spoken(check_columns(subject, check)) or subject.one
        return f"The {spoken} cannot be like this."
    demands = [text for name, rule in rules.values.items() for text in _demands(_word(name), rule, subject, name)]
    for pair in rules.pairs:
        moments = subject.table.column(pair.left).type.category in ("date", "timestamp", "time")
        verb = (_LATER if moments else {}).get(pair.operator) or _OPERATORS[pair.operator]
        demands.append(f"The {_word(pair.left)} {verb} the {_word(pair.right)}")
    demands += [f"The {_spoken(names)} are given together or not at all" for names in rules.together]
    demands += [f"Exactly one of {_spoken(names, 'or')} is needed" for names in rules.exactly_one]
    return ". ".join(demands) + "." if demands else f"The {subject.one} cannot be like this."


def _demands(word: str, rule: ValueRule, subject: Subject, column: str) -> Iterator[str]:
    low, high = bound_words(rule.minimum), bound_words(rule.maximum)
    if low is not None and high is not None and not rule.above and not rule.below:
        yield f"The {word} must be between {low} and {high}"
    else:
        if low is not None:
            yield f"The {word} must be {'more than' if rule.above else 'at least'} {low}"
        if high is not None:
            yield f"The {word} must be {'less than' if rule.below else 'at most'} {high}"
    unit = "entries" if subject.table.column(column).type.dimensions else "characters"
    if rule.shortest is not None or rule.longest is not None:
        yield f"The {word} must have {_size(rule)} {unit}"
    if rule.values:
        yield f"The {word} must be {spoken_list(rule.values, 'or')}"
    if rule.patterns:
        yield f"The {word} {form_of(subject.field(column))}"
    elif rule.lower:
        yield f"The {word} must be in lower case"
    if rule.json_object:
        yield f"The {word} must be an object"


_FORMS = {
    "email": "must be an email address",
    "phone": "must be a phone number with its country, such as +15550100000",
    "url": "must begin with http:// or https://",
    "slug": "may have small letters, digits and single hyphens only",
    "color": "must be a color such as #1a2b3c",
    "country": "must be a country code of two letters, such as DE",
    "currency": "must be a currency code of three letters, such as EUR",
    "language": "must be a language tag, such as en or pt-BR",
}


def form_of(field: Field) -> str:
    """What a regular expression demands, in words."""
    return _FORMS.get(field.intent.meaning, "has the wrong form")


def bound_words(sql: str | None) -> str | None:
    """A bound as people write it: `date '1900-01-01'` is 1900-01-01."""
    if sql is None:
        return None
    match = re.fullmatch(r"(?:date|interval|timestamptz?|time)?\s*'((?:[^']|'')*)'", sql)
    return match[1].replace("''", "'") if match else sql


def _size(rule: ValueRule) -> str:
    if rule.shortest is not None and rule.longest is not None:
        return str(rule.shortest) if rule.shortest == rule.longest else f"{rule.shortest} to {rule.longest}"
    return f"at least {rule.shortest}" if rule.shortest is not None else f"at most {rule.longest}"


def parents(subject: Subject) -> Iterator[Message]:
    """Foreign keys from the child's side."""
    for reference in subject.project.lookup.references_from(subject.table):
        parent = subject.project.by_key.get(reference.parent.key) if reference.parent else None
        own = subject.own_columns(reference)
        noun = _role(subject, own, parent)
        yield reference.foreign_key.name, f"This {noun} does not exist.", _properties(subject, own)


def children(subject: Subject) -> Iterator[Message]:
    """Foreign keys from the parent's side."""
    for reference in subject.project.lookup.references_from(subject.table):
        parent = subject.project.by_key.get(reference.parent.key) if reference.parent else None
        if parent is not None and reference.foreign_key.on_delete in ("restrict", "no action"):
            yield reference.foreign_key.name, f"This {parent.one} still has {subject.many}.", []


def refusals(subject: Subject) -> Iterator[Message]:
    """Triggers that refuse changes."""
    for trigger in subject.table.triggers:
        if trigger.function == "refuse_change" and trigger.arguments:
            what = "cannot be changed or deleted" if subject.intent.append_only else "cannot be deleted"
            text = f"{subject.many.capitalize()} {what}."
            yield trigger.arguments[0], text, []


def _role(subject: Subject, own: tuple[str, ...], parent: Subject | None) -> str:
    if len(own) == 1 and own[0].endswith("_id"):
        return _word(own[0].removesuffix("_id"))
    return parent.one if parent else "reference"


def _own(subject: Subject, columns: tuple[str, ...]) -> tuple[str, ...]:
    tenant = subject.tenant.column.name if subject.tenant else None
    return tuple(name for name in columns if name != tenant)


def _properties(subject: Subject, columns: tuple[str, ...]) -> list[str]:
    return [subject.field(name).prop for name in columns]


def _word(column: str) -> str:
    return " ".join(words(column)) or column


def _spoken(columns: tuple[str, ...], last: str = "and") -> str:
    return spoken_list((_word(name.removesuffix("_id") or name) for name in columns), last)
