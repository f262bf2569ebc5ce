"""The truth table as data: statements with their set-ups, and what PostgreSQL did with each."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import field
from pathlib import Path

from dbarchitect.model.plan import Lock, LockMode
from dbarchitect.records import dataclass

FOLDER = Path(__file__).parent
STATEMENTS = FOLDER / "statements.sql"
MEASURED = FOLDER / "measured.json"


@dataclass(frozen=True, slots=True)
class Asked:
    """A statement to be measured.

    Args:
        setup: the name of its set-up.
        first: set-up for it alone.
        settings: `SET` commands of its session.
        sql: the statement.
    """

    setup: str
    sql: str
    first: tuple[str, ...] = ()
    settings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Row:
    """A statement and what it did.

    Args:
        asked: the statement.
        transaction: it ran inside a transaction; False when it cannot.
        locks: the strongest lock on each relation that was there before, with rewrites (of an index: it was built
            anew) and scans.
        reads_wait: addresses of the tables and views that a real reader waited for.
        writes_wait: addresses of the tables that a real writer waited for.
        sqlstate: of the refusal; None when it ran.
    """

    asked: Asked
    transaction: bool = True
    locks: tuple[Lock, ...] = ()
    reads_wait: tuple[str, ...] = ()
    writes_wait: tuple[str, ...] = ()
    sqlstate: str | None = None

    def lock(self, address: str) -> Lock | None:
        """What it did to one relation."""
        return next((lock for lock in self.locks if lock.address == address), None)


@dataclass(frozen=True, slots=True)
class Listing:
    """The statements to be measured.

    Args:
        setups: SQL by name.
        asked: in order.
    """

    setups: Mapping[str, str] = field(default_factory=dict)
    asked: tuple[Asked, ...] = ()


def listing(text: str | None = None) -> Listing:
    """The statements of `statements.sql`."""
    lines = (STATEMENTS.read_text(encoding="utf-8") if text is None else text).splitlines()
    setups: dict[str, list[str]] = {}
    asked: list[Asked] = []
    name, inside, first = "", False, []
    for line in lines:
        if line.startswith("--@"):
            title = line[3:].strip()
            inside = bool(title)
            name = title or name
            setups.setdefault(name, [])
        elif inside:
            setups[name].append(line)
        elif line.startswith("--:"):
            first.append(line[3:].strip())
        elif line.strip() and not line.startswith("--"):
            *settings, sql = line.split("; ") if line.startswith("SET ") else [line]
            asked.append(Asked(name, sql, tuple(first), tuple(settings)))
            first = []
    return Listing({name: "\n".join(lines).strip() for name, lines in setups.items()}, tuple(asked))


def rows() -> tuple[Row, ...]:
    """The committed measurements."""
    return loads(MEASURED.read_text(encoding="utf-8"))


def dumps(found: Sequence[Row], version: str) -> str:
    """The measurements as JSON, a statement on a line.

    Args:
        found: in the order of the statements.
        version: of PostgreSQL.
    """
    lines = ",\n".join(json.dumps(_encoded(row), ensure_ascii=False) for row in found)
    return f'{{"format": 1, "postgres": {json.dumps(version)}, "statements": [\n{lines}\n]}}\n'


def loads(text: str) -> tuple[Row, ...]:
    """The inverse of `dumps`."""
    return tuple(_decoded(item) for item in json.loads(text)["statements"])


def _encoded(row: Row) -> dict[str, object]:
    found: dict[str, object] = {"setup": row.asked.setup}
    if row.asked.first:
        found["first"] = list(row.asked.first)
    if row.asked.settings:
        found["settings"] = list(row.asked.settings)
    found["sql"] = row.asked.sql
    if row.sqlstate is not None:
        return {**found, "sqlstate": row.sqlstate}
    if not row.transaction:
        found["transaction"] = False
    found["locks"] = {lock.address: lock.mode for lock in row.locks}
    extras = {
        "rewrites": [lock.address for lock in row.locks if lock.rewrites and not lock.address.startswith("index:")],
        "rebuilds": [lock.address for lock in row.locks if lock.rewrites and lock.address.startswith("index:")],
        "scans": [lock.address for lock in row.locks if lock.scans],
        "blocks_reads": list(row.reads_wait),
        "blocks_writes": list(row.writes_wait),
    }
    return {**found, **{key: value for key, value in extras.items() if value}}


def _decoded(item: Mapping[str, object]) -> Row:
    def words(key: str) -> tuple[str, ...]:
        found = item.get(key, ())
        return tuple(map(str, found)) if isinstance(found, list) else ()

    modes = item.get("locks", {})
    assert isinstance(modes, dict)
    rewritten, scanned = {*words("rewrites"), *words("rebuilds")}, set(words("scans"))
    locks = tuple(_lock(address, mode, address in rewritten, address in scanned) for address, mode in modes.items())
    state = item.get("sqlstate")
    return Row(
        Asked(str(item["setup"]), str(item["sql"]), words("first"), words("settings")),
        bool(item.get("transaction", True)), locks, words("blocks_reads"), words("blocks_writes"),
        None if state is None else str(state),
    )  # fmt: skip


def _lock(address: str, mode: LockMode, rewrites: bool, scans: bool) -> Lock:
    return Lock(address, mode, rewrites, scans)
