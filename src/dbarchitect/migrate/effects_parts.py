"""The verdict in the making, and what several kinds of statements have in common."""

from __future__ import annotations

import re
from collections.abc import Iterator

from dbarchitect.migrate.query_columns import columns_of
from dbarchitect.migrate.surroundings import Surroundings, keys, table_address
from dbarchitect.model.address import address
from dbarchitect.model.constraint import ForeignKey
from dbarchitect.model.plan import MODES, Lock, LockMode
from dbarchitect.model.schema import View
from dbarchitect.read.sql.drafts import Key, TableDraft
from dbarchitect.sql.acts import Act, Name


class Verdict:
    """The locks that were found so far.

    Args:
        around: the schema before the statement.
        postgres: the major version.
        timezone: of the session.
    """

    def __init__(self, around: Surroundings, postgres: int, timezone: str) -> None:
        self.around = around
        self.postgres = postgres
        self.timezone = timezone
        self.alone = False
        self.refused: str | None = None
        self.truncated: set[Key] = set()
        self.validated: set[str] = set()
        self._found: dict[str, Lock] = {}

    def result(self) -> tuple[Lock, ...]:
        """The locks by address; none when the statement is refused."""
        for key in self.truncated:
            table = self.around.state.tables[key]
            outside = [child for child, _ in self.around.referrers(table) if table_address(child) not in self._found]
            if outside:
                self.refuse("0A000")
        return () if self.refused else tuple(self._found[place] for place in sorted(self._found))

    def refuse(self, state: str | None) -> None:
        """PostgreSQL says no."""
        self.refused = self.refused or state

    # -- locks

    def lock(
        self, table: TableDraft, mode: LockMode, *, rewrites: bool = False, scans: bool = False, rows: bool = False
    ) -> None:
        """Lock a table; `rows`: rows are read or written one by one, which says nothing of scans."""
        self._add(Lock(table_address(table), mode, rewrites, scans))

    def table(self, name: Name | None, mode: LockMode) -> TableDraft | None:
        """Lock the table of a name, when it is there."""
        table = self.around.table(name)
        if table is not None:
            self.lock(table, mode)
        return table

    def view(self, name: Name | None, mode: LockMode) -> None:
        """Lock the view of a name, when it is there."""
        view = self.around.view(name)
        if view is not None:
            self.lock_view(view, mode)

    def lock_view(self, view: View, mode: LockMode, *, rewrites: bool = False, scans: bool = False) -> None:
        """Lock a view or materialized view."""
        self._add(Lock(address("view", view.schema, view.name), mode, rewrites, scans))

    def index(self, name: Name | None, mode: LockMode) -> None:
        """Lock the index of a name, when it is there."""
        found = self.around.index(name)
        if found is not None:
            self._add(Lock(address("index", found[1].schema, found[0]), mode))

    def lock_index(self, table: TableDraft, name: str, mode: LockMode, *, builds: bool = False) -> None:
        """Lock an index of a table."""
        self._add(Lock(address("index", table.schema, name), mode, builds))

    def build_index(self, owner: TableDraft | View, name: str) -> None:
        """Build an index anew."""
        self._add(Lock(address("index", owner.schema, name), "ACCESS EXCLUSIVE", True))

    def sequence(self, name: Name | None, mode: LockMode) -> None:
        """Lock the sequence of a name, when it is there."""
        key = self.around.key(self.around.state.sequences, name)
        if key is not None:
            self._add(Lock(address("sequence", *key), mode))

    def rewrite(self, table: TableDraft) -> None:
        """Write a table anew, and its indexes with it."""
        self.lock(table, "ACCESS EXCLUSIVE", rewrites=table.partitioning is None, scans=table.partitioning is None)
        self.build_indexes(table)

    def build_indexes(self, table: TableDraft) -> None:
        """Build all indexes of a table anew."""
        for name in self.around.indexes(table) if table.partitioning is None else ():
            self.lock_index(table, name, "ACCESS EXCLUSIVE", builds=True)

    def _add(self, lock: Lock) -> None:
        known = self._found.get(lock.address)
        if known is not None:
            mode = max(known.mode, lock.mode, key=MODES.index)
            lock = Lock(lock.address, mode, known.rewrites or lock.rewrites, known.scans or lock.scans)
        self._found[lock.address] = lock

    # -- questions

    def with_partitions(self, table: TableDraft) -> list[TableDraft]:
        """The table with its partitions and the tables that inherit from it."""
        return [table, *self.around.descendants(table)]

    def default_partition(self, table: TableDraft) -> TableDraft | None:
        """The partition that takes what fits nowhere."""
        for child in self.around.descendants(table):
            if child.partition_of is not None and child.partition_of.bound.upper() == "DEFAULT":
                return child
        return None

    def is_virtual(self, table: TableDraft, column: str) -> bool:
        """Whether a column is computed when it is read."""
        generated = table.columns[column].generated
        return generated is not None and not generated.stored

    def rows_refer(self, table: TableDraft, act: Act) -> None:
        """Rows that are written are looked up in the tables that they refer to."""
        for parent, key in self.around.targets(table):
            if parent is not None and (act.action == "insert" or set(act.columns) & set(key.columns)):
                self.lock(parent, "ROW SHARE", rows=True)


def foreign_key_made(verdict: Verdict, parent: TableDraft) -> None:
    """A new foreign key puts triggers on its parent."""
    verdict.lock(parent, "SHARE ROW EXCLUSIVE")


def drop_table(verdict: Verdict, table: TableDraft, cascade: bool) -> None:
    """A table goes: its partitions with it, and the keys between it and others."""
    gone = verdict.with_partitions(table)
    for one in gone:
        if not cascade and any(child not in gone for child, _ in verdict.around.referrers(one)):
            verdict.refuse("2BP01")
            return
        if not cascade and (verdict.around.views_on(one) or _looked_into(verdict, one)):
            verdict.refuse("2BP01")
            return
    for one in gone:
        verdict.lock(one, "ACCESS EXCLUSIVE")
        for name in verdict.around.indexes(one):
            verdict.lock_index(one, name, "ACCESS EXCLUSIVE")
        for other in _linked(verdict, one):
            verdict.lock(other, "ACCESS EXCLUSIVE")
        for view in verdict.around.views_on(one):
            verdict.lock_view(view, "ACCESS EXCLUSIVE")
    if table.partition_of is not None:
        verdict.table(Name(table.partition_of.schema, table.partition_of.table), "ACCESS EXCLUSIVE")


def _looked_into(verdict: Verdict, table: TableDraft) -> bool:
    """Whether a policy of another table reads a table."""
    source = re.compile(rf'\b(?:FROM|JOIN)\s+(?:"?\w+"?\s*\.\s*)?{_word(table.name)}', re.IGNORECASE)
    return any(
        source.search(f"{policy.using or ''} {policy.check or ''}")
        for other in verdict.around.state.tables.values() if other is not table
        for policy in other.policies.values()
    )  # fmt: skip


def _linked(verdict: Verdict, table: TableDraft) -> Iterator[TableDraft]:
    for parent, _ in verdict.around.targets(table):
        if parent is not None:
            yield parent
    for child, _ in verdict.around.referrers(table):
        yield child


def drop_column_of_type(verdict: Verdict, key: Key, cascade: bool) -> None:
    """DROP TYPE … CASCADE drops the columns of that type."""
    users = list(verdict.around.users(key))
    if users and not cascade:
        verdict.refuse("2BP01")
        return
    for table, _ in users:
        verdict.lock(table, "ACCESS EXCLUSIVE")


def domain_tables(verdict: Verdict, key: Key) -> list[TableDraft]:
    """The tables with a column of a domain."""
    found = {table.key: table for table, _ in verdict.around.users(key)}
    return [found[place] for place in sorted(found) if found[place].partitioning is None]


def keys_over(verdict: Verdict, table: TableDraft, column: str) -> Iterator[tuple[TableDraft, ForeignKey]]:
    """(the other table, key) of the foreign keys that a column takes part in, on either side."""
    for parent, key in verdict.around.targets(table):
        if parent is not None and column in key.columns:
            yield parent, key
    for child, key in verdict.around.referrers(table):
        if column in key.target_columns:
            yield child, key


def names_over(table: TableDraft, column: str) -> list[str]:
    """The indexes of a table that hold a column, those behind constraints too."""
    found = [index.name for index in table.indexes.values() if _holds(index, column)]
    for item in keys(table):
        columns = getattr(item, "columns", ()) or tuple(element.column for element in getattr(item, "elements", ()))
        if column in columns:
            found.append(item.name)
    return sorted(found)


def _holds(index: object, column: str) -> bool:
    parts = getattr(index, "parts", ())
    texts = [part.expression or "" for part in parts] + [getattr(index, "where", None) or ""]
    named = any(part.column == column for part in parts) or column in getattr(index, "include", ())
    return named or any(mentions(text, column) for text in texts)


def mentions(text: str, column: str) -> bool:
    """Whether an expression names a column."""
    return re.search(rf'(?<![\w"$]){re.escape(column)}(?![\w$"])|"{re.escape(column)}"', text) is not None


def reads(text: str, table: TableDraft, column: str) -> bool:
    """Whether a view's query, or the expression of a policy, reads a column of a table.

    A column that is written with another table before it (`other.column`) is not this one.
    """
    found_in = columns_of(text)
    if found_in is not None:
        return bool({(table.name, column), (table.name, "*")} & found_in)
    plain = re.sub(r"'(?:[^']|'')*'", "''", text)
    called = {table.name}
    for found in re.finditer(rf"{_word(table.name)}\s+(?:AS\s+)?{_NAME}", plain, re.IGNORECASE):
        called.add(found[1] or found[2])
    written = re.finditer(rf"{_OF}{_word(column)}(?![\w$])", plain)
    return any((found[1] or found[2]) in {None, *called} for found in written)


_NAME = r'(?:([A-Za-z_][\w$]*)|"([^"]+)")'
_OF = rf"(?<!\bAS )(?:{_NAME}\s*\.\s*)?"


def _word(name: str) -> str:
    return rf'(?:(?<![\w"$]){re.escape(name)}|"{re.escape(name)}")'
