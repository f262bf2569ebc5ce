"""How many rows a seed can make of a table: a unique column with few values allows no more of them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from dbarchitect.write.drizzle.subject import Subject

TENANTS = 3
TURN = "Math.floor(n / TENANTS)"  # the number of a row within its tenant
ENOUGH = 1_000_000  # values for more rows than anybody seeds
_TEXT = r"'(?:[^'\\]|\\.)*'|\"(?:[^\"\\]|\\.)*\""
_CYCLES = (
    re.compile(rf"pick\(\[(?P<options>(?:{_TEXT}|[ ,])*)\], n\)"),
    re.compile(r"code\(n, (?P<digits>\d+)\)"),
    re.compile(r"(?P<some>peer\(n\))"),
    re.compile(r"(?P<hours>clock\(n[^()]*\))"),
    re.compile(r"decimal\((?P<low>[^,]+), (?P<high>[^,]+), (?P<scale>\d+), n\)"),
    re.compile(r"(?P<some>whole\([^()]*\))"),
    re.compile(r"\(n % TENANTS\) \+ TENANTS \* \(n % (?P<rest>\d+)\)"),
    re.compile(r"(?P<some>organizationOf\(n\)|n % TENANTS)"),
    re.compile(r"n % (?P<rest>[\d_]+)"),
)
_NUMBER = re.compile(r"(?<![\w$.])n(?![\w$])")


def distinct(value: str) -> int | None:
    """How many rows in turn have different values; None when there are enough for any seed.

    Args:
        value: TypeScript over the row's number `n`, as the seeds are written.
    """
    sizes = [1]
    value = value.replace(TURN, "n")
    for pattern in _CYCLES:
        sizes += [_size(found) for found in pattern.finditer(value)]
        value = pattern.sub("", value)
    return None if _NUMBER.search(value) or max(sizes) >= ENOUGH else max(sizes)


def _size(found: re.Match[str]) -> int:
    parts = found.groupdict()
    if parts.get("options") is not None:
        return len(re.findall(_TEXT, parts["options"]))
    if parts.get("digits"):
        return int(10 ** int(parts["digits"]))
    if parts.get("hours"):
        return 12
    if parts.get("scale"):  # the seeds' decimals come again after 500 rows
        steps = (float(parts["high"]) - float(parts["low"])) * 10 ** int(parts["scale"])
        return 500 if steps >= 500 else 1
    return int(parts["rest"].replace("_", "")) if parts.get("rest") else 1


def row_limit(subject: Subject, values: Mapping[str, str]) -> int:
    """The most rows that fit, in each tenant where there are tenants; 0 for any number.

    Args:
        subject: the table.
        values: its seeded values by column.
    """
    if subject.intent.values:
        return len(subject.intent.values)
    if subject.is_root:
        return 0
    limits = [limit for columns in _keys(subject) if (limit := _limit(subject, columns, values)) is not None]
    return max(min(limits), 1) if limits else 0


def _limit(subject: Subject, columns: tuple[str, ...], values: Mapping[str, str]) -> int | None:
    tenant = subject.tenant.column.name if subject.tenant else None
    own = [name for name in columns if name != tenant]
    if any(name not in values for name in own):
        return None  # what the database fills in, or nothing at all, which is no value
    sizes = [distinct(values[name]) for name in own]
    if None in sizes:
        return None
    most = max((size for size in sizes if size is not None), default=1)
    everywhere = subject.tenant is not None and tenant not in columns
    return max(most // TENANTS, 1) if everywhere else most


def scarce(subject: Subject, values: Mapping[str, str]) -> set[str]:
    """Columns of a tenant's table whose few values must be used up within each tenant before they come again."""
    if subject.tenant is None:
        return set()
    tenant = subject.tenant.column.name
    keys = [columns for columns in _keys(subject) if tenant in columns]
    limited = [columns for columns in keys if _limit(subject, columns, values) is not None]
    return {name for columns in limited for name in columns if name != tenant}


def _keys(subject: Subject) -> Iterator[tuple[str, ...]]:
    table = subject.table
    if table.primary_key:
        yield table.primary_key.columns
    yield from (unique.columns for unique in table.uniques)
    yield from (index.columns for index in table.indexes if index.unique and len(index.columns) == len(index.parts))
