"""Whether an expression is a Drizzle handle: a database, a transaction, or what a function gives of either."""

from __future__ import annotations

import re

from dbarchitect.read.drizzle.query.chains import method, receiver
from dbarchitect.read.drizzle.query.scope import File, bare
from dbarchitect.typescript.source import Node

NAME = re.compile(
    r"#?_?(?:db|database|tx|trx|drizzle|dbx|conn|connection|executor|dbClient|dbOrTx|txOrDb|transaction|trans|q|qb)"
    r"|\w*(?:Db|DB|Tx|Trx|Drizzle|Database)|(?:db|tx|drizzle)[A-Z_]\w*"
)
STRICT = re.compile(r"#?_?(?:db|tx|trx|drizzle)|\w+(?:Db|DB|Tx|Trx|Drizzle)|(?:db|tx|drizzle)[A-Z_]\w*")
TYPE = re.compile(r"Database|Drizzle|Transaction|\bDb\w*|\bDB\b|\bTx\b|typeof\s+\w*[dD]b\b|Executor")
OTHERS = re.compile(
    r"new\s+(?:Weak)?(?:Map|Set)\b|new\s+URLSearchParams\b|createClient\(|redis|axios|supabase", re.IGNORECASE
)


def handle_text(file: File, base: Node) -> str:
    """How the handle is written: `db`, `this.db`, `getDb()`; `db` also for `db.with(…)`."""
    base = bare(base)
    while base.type == "call_expression" and method(file, base) in ("with", "$withReplicas", "withReplicas"):
        inner = receiver(base)
        if inner is None:
            break
        base = bare(inner)
    if base.type == "member_expression":
        last = base.child_by_field_name("property")
        left = base.child_by_field_name("object")
        if last is not None and left is not None and file.text(last) in ("$primary", "_query"):
            return file.text(left)
    return file.text(base)


def foreign(file: File, base: Node) -> bool:
    """Whether the expression is surely something else: a Map, a Set, a client of another kind."""
    base = bare(base)
    if base.type in ("new_expression", "string", "template_string", "array"):
        return True
    item = file.meaning(base) if base.type == "identifier" else None
    if item is None or item.value is None or item.path:
        return False
    return OTHERS.search(file.text(item.value)[:200]) is not None


def likely(file: File, base: Node, strict: bool = False) -> bool:
    """Whether the expression is named, typed or made like a handle.

    Args:
        file: where it stands.
        base: the expression.
        strict: count only names that hardly anything else has.
    """
    base = bare(base)
    if foreign(file, base):
        return False
    names = STRICT if strict else NAME
    if base.type == "member_expression":
        last = base.child_by_field_name("property")
        return last is not None and names.fullmatch(file.text(last)) is not None
    if base.type == "call_expression":
        word = method(file, base)
        return re.fullmatch(r"(?:get|use|create|with)?_?(?:\w*(?:[dD]b|DB|Database|Drizzle|drizzle))", word) is not None
    if base.type != "identifier":
        return False
    text = file.text(base)
    item = file.meaning(base)
    if item is not None and item.value is not None:
        value = file.text(item.value)[:300]
        if item.kind == "parameter" and TYPE.search(value):
            return True
        if item.kind in ("const", "let") and re.search(r"\bdrizzle\s*\(", value):
            return True
    return names.fullmatch(text) is not None
