"""The named levels of a fingerprint: what each ignores beyond the one before it."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterable
from typing import Any, Final, Literal

Row = tuple[str, str]  # (catalog, JSON text)
Level = Literal["strict", "no-column-order", "no-automatic-names", "no-comments-and-grants"]
LEVELS: Final[tuple[Level, ...]] = ("strict", "no-column-order", "no-automatic-names", "no-comments-and-grants")

# What PostgreSQL appends when it invents a name. A table that was renamed keeps the names invented before, so the
# ending decides, not whether the whole name would be invented again today.
AUTOMATIC: Final = re.compile(r"_(?:pkey|key|fkey|check|excl|not_null|idx|seq)\d*$", re.DOTALL)
WORD: Final = re.compile(r'"(?:[^"]|"")*"|[^\W\d][\w$]*')
OWNED: Final = {"a on ", "i on "}  # pg_depend, where it speaks of sequences
ORDERED_KINDS: Final = {"r", "p", "f"}  # tables; the order of a view's or a composite type's columns is its meaning
INDEX_KINDS: Final = {"i", "I"}
COMMENTS: Final = {"pg_description", "pg_seclabel", "pg_default_acl"}
OWNERS: Final = re.compile(r"^[a-z]{3}owner$")
RIGHTS: Final = re.compile(r"^(?:rel|att|pro|nsp|typ|lan|fdw|srv)acl$")


def reduce_rows(rows: Iterable[Row], level: Level) -> frozenset[Row]:
    """Rows without what the level ignores.

    Args:
        rows: rows at level `strict`.
        level: see `LEVELS`.
    """
    place = LEVELS.index(level)
    parsed = [(catalog, json.loads(text)) for catalog, text in rows]
    for _, row in parsed:
        row.pop("copy", None)
    if place >= 1:
        _forget_order(parsed)
    if place >= 2:
        _forget_index_columns(parsed)
    names = _automatic_names(parsed) if place >= 2 else {}
    if place >= 3:
        parsed = [(catalog, _without_rights(row)) for catalog, row in parsed if catalog not in COMMENTS]
    counted: Counter[Row] = Counter()
    for catalog, row in parsed:
        if names:
            row = {key: _renamed(part, names) for key, part in row.items()}
        counted[catalog, json.dumps(row, sort_keys=True, ensure_ascii=False)] += 1
    found = set(counted)
    for (catalog, text), count in counted.items():
        found.update((catalog, f'{text[:-1]}, "copy": {number}}}') for number in range(2, count + 1))
    return frozenset(found)


def _forget_order(rows: list[tuple[str, dict[str, Any]]]) -> None:
    for catalog, row in rows:
        if catalog == "pg_attribute" and row.get("relkind") in ORDERED_KINDS:
            row.pop("attnum", None)


def _forget_index_columns(rows: list[tuple[str, dict[str, Any]]]) -> None:
    """The columns of an index keep the name that the table's column had when it was built; only their place counts."""
    for catalog, row in rows:
        if catalog == "pg_attribute" and row.get("relkind") in INDEX_KINDS:
            row.pop("attname")
            row["object"] = f"{row['attrelid']}.{row['attnum']}"


def _automatic_names(rows: list[tuple[str, dict[str, Any]]]) -> dict[str, str]:
    """{name: what the object is} for constraints, indexes and owned sequences with a name that looks invented.

    A name that two objects of different schemas share stands for both.
    """
    found: dict[str, str] = {}

    def add(name: str, meaning: str) -> None:
        if AUTOMATIC.search(name):
            found[name] = meaning if found.get(name, meaning) == meaning else "«automatic»"

    rows = sorted(rows, key=lambda pair: (pair[0] != "pg_constraint", pair[0], str(pair[1].get("object"))))
    constraints: set[str] = set()
    for catalog, row in rows:
        if catalog == "pg_constraint":
            owner = row.get("conrelid") or row.get("contypid")
            constraints.add(row["conname"])
            on = "" if str(row["conbin"]).startswith("NOT NULL") else f" on {owner}"  # a partition has its parent's
            add(row["conname"], f"«{row['conbin']}{on}»")
        elif catalog == "pg_index":
            name = _last_part(row["object"])
            if name not in constraints:
                add(name, f"«index{row['indexprs'].partition(' ON ')[2]}»")
        elif catalog == "pg_depend" and row["dependency"][:5] in OWNED:
            add(_last_part(row["object"]), f"«sequence of {row['dependency'][5:]}»")
    return found


def _last_part(identity: str) -> str:
    """The name in an identity such as `public.t_pkey` or `s."a.b"`, unquoted."""
    words = WORD.findall(identity)
    last = words[-1] if words else identity
    return last[1:-1].replace('""', '"') if last.startswith('"') else last


def _renamed(value: Any, names: dict[str, str]) -> Any:
    """`value` with the names replaced where they stand alone or as an identifier in SQL text."""
    if isinstance(value, str):
        if "_" not in value:  # every invented name has one
            return value
        if value in names:
            return names[value]
        return WORD.sub(lambda word: names.get(_last_part(word[0]), word[0]), value)
    if isinstance(value, list):
        return [_renamed(part, names) for part in value]
    return value


def _without_rights(row: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in row.items() if not RIGHTS.match(key) and not OWNERS.match(key)}
