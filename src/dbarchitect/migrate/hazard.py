"""What a hazard's file is. Hazards are found by walking `migrate.hazards`; nothing else lists them.

A file holds one id of reference tables of hazards, or a few that one look at a statement decides, at its top level:

    KINDS           what each is called and how much it weighs
    check(context)  yields hazards of one statement, made by `Kind.hazard`; pure over text, history and statistics
    check_backs     yields hazards of ways back: from the files that are looked at and `WayBack`s; few files have it
    EXAMPLES        histories, and the codes that their last file brings: they are the tests and stand on the page

and its docstring is the page: the first line says what it finds, then come `Why`, `Safe way` and `Sources`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence

from dbarchitect.migrate.effects import Effect
from dbarchitect.migrate.history import Moment
from dbarchitect.migrate.memory import FileFacts, Session, Transaction
from dbarchitect.migrate.surroundings import Surroundings, table_address
from dbarchitect.migrate.way_back import WayBack
from dbarchitect.model.constraint import ForeignKey
from dbarchitect.model.finding import Severity
from dbarchitect.model.names import quote
from dbarchitect.model.plan import MODES, Hazard, Lock, LockMode
from dbarchitect.model.statistics import Statistics, TableStatistics
from dbarchitect.read.sql.drafts import TableDraft
from dbarchitect.records import dataclass
from dbarchitect.sql.acts import Act, Constraint, Name
from dbarchitect.sql.keywords import RESERVED

_PLAIN = re.compile(r"[a-z_][a-z0-9_]*")
SHOWN = 3
"""Names that a message lists."""
SMALL = 10_000
"""Rows up to which a scan or rewrite is over before anybody waits."""
LARGE = 10_000_000
"""Rows from which it is an outage."""


@dataclass(frozen=True, slots=True)
class Kind:
    """One id.

    Args:
        code: two letters for the family and two digits: RW rewrites, SC scans, IX indexes, DL loss and failures on
            data, TX locks and transactions, EN enums, BR compatibility, RP replication, P8 PostgreSQL 18, DZ Drizzle.
        name: kebab-case, for `--allow`.
        severity: of its hazards, unless one says otherwise.
        says: what it finds, in a sentence.
    """

    code: str
    name: str
    severity: Severity
    says: str

    def hazard(
        self,
        context: Context,
        address: str,
        message: str,
        safe: str = "",
        *,
        severity: Severity | None = None,
        query: str | None = None,
    ) -> Hazard:
        """A hazard of this kind.

        Args:
            context: the statement.
            address: the element.
            message: one sentence: what happens, to whom.
            safe: the safe way, in a sentence.
            severity: when it differs from the kind's.
            query: finds the rows at fault, where data decides.
        """
        text = context.moment.written.text
        return Hazard(
            self.code, self.name, severity or self.severity, message, address, safe, text, context.moment.span, query
        )


@dataclass(frozen=True, slots=True)
class Context:
    """One statement with everything that a hazard may ask."""

    moment: Moment
    effect: Effect
    file: FileFacts
    transaction: Transaction
    session: Session
    postgres: int = 18
    statistics: Statistics | None = None

    @property
    def around(self) -> Surroundings:
        """The schema before the statement."""
        return self.moment.around

    @property
    def acts(self) -> tuple[Act, ...]:
        """What the statement does."""
        return self.moment.classified.acts

    @property
    def alters(self) -> bool:
        """Whether it is an ALTER TABLE."""
        return self.moment.classified.kind == "AlterTableStmt"

    @property
    def inside(self) -> bool:
        """Whether it runs in a transaction together with other statements, as far as the text tells."""
        return self.transaction.explicit or (self.file.transaction and not self.transaction.ended)

    def named(self, *actions: str) -> Iterator[tuple[Act, TableDraft]]:
        """(act, table) of the acts of these names on tables that people may be using already."""
        for act in self.acts:
            if act.action in actions and act.object not in ("domain", "type", "other"):
                table = self.busy(act.name)
                if table is not None:
                    yield act, table

    def busy(self, name: Name | None) -> TableDraft | None:
        """The table of a name, unless this file or transaction made it."""
        table = self.around.table(name)
        if table is None or table.schema == "pg_temp" or table_address(table) in self.transaction.made:
            return None
        return table

    def lock(self, table: TableDraft) -> Lock | None:
        """What the statement does to a table."""
        return self.effect.lock(table_address(table))

    def scans(self, table: TableDraft) -> bool:
        """Whether it reads all rows of a table or its partitions."""
        parts = [table, *self.around.descendants(table)]
        return any(lock is not None and lock.scans for lock in map(self.lock, parts))

    def rewrites(self, table: TableDraft) -> bool:
        """Whether it writes all rows of a table or its partitions anew."""
        parts = [table, *self.around.descendants(table)]
        return any(lock is not None and lock.rewrites for lock in map(self.lock, parts))

    def figures(self, table: TableDraft) -> TableStatistics | None:
        """What is known of a table's size."""
        return self.statistics.tables.get(table_address(table)) if self.statistics else None

    def rows(self, table: TableDraft) -> int | None:
        """The estimated rows of a table."""
        found = self.figures(table)
        return found.rows if found else None

    def weight(self, *tables: TableDraft, usual: Severity = "warning") -> Severity:
        """How bad it is to keep people waiting for tables of their size."""
        known = [rows for rows in map(self.rows, tables) if rows is not None]
        if not known or len(known) < len(tables):
            return usual
        return "info" if max(known) <= SMALL else "error" if max(known) >= LARGE else usual

    def size(self, table: TableDraft) -> str:
        """` (1,200,000 rows)`, or nothing."""
        rows = self.rows(table)
        return "" if rows is None else f" ({rows:,} rows)"

    def no_nulls(self, table: TableDraft, column: str) -> bool:
        """Whether statistics say that a column holds no NULL."""
        figures = self.figures(table)
        found = figures.columns.get(column) if figures else None
        return found is not None and found.null_fraction == 0

    def empty(self, table: TableDraft) -> bool:
        """Whether a table has no rows: statistics say so, this transaction has emptied it, or it has no partitions."""
        bare = table.partitioning is not None and not self.around.descendants(table)
        return bare or self.rows(table) == 0 or table_address(table) in self.transaction.emptied

    def holds_already(self, table: TableDraft, constraint: Constraint) -> bool:
        """Whether a new foreign key says what one of the table says that goes with it: only its actions change."""
        place, parent = table_address(table), self.around.table(constraint.references)
        if parent is None:
            return False
        gone = [key for where, key in self.transaction.released if where == place]
        for act in self.acts:
            key = table.constraints.get(act.part) if act.action == "drop constraint" else None
            gone += [key] if isinstance(key, ForeignKey) else []
        targets = constraint.targets or (parent.primary_key.columns if parent.primary_key else ())
        said = {*zip(constraint.columns, targets, strict=False)}
        return any(
            (key.target_schema, key.target_table) == parent.key and key.validated and key.enforced
            and {*zip(key.columns, key.target_columns, strict=False)} == said for key in gone
        )  # fmt: skip

    def later(self, hazard: Hazard, still: Callable[[Surroundings], bool]) -> None:
        """Say a hazard at the end of the file, unless its rest has put it right.

        Args:
            hazard: what would be said.
            still: asked with the schema after the file; True when it is to be said.
        """
        self.at_end(lambda after: hazard if still(after) else None)

    def at_end(self, say: Callable[[Surroundings], Hazard | None]) -> None:
        """Decide at the end of the file what there is to say.

        Args:
            say: asked with the schema after the file; None when there is nothing to say.
        """
        self.session.open.append(say)

    def at_last(self, say: Callable[[Surroundings], Hazard | None]) -> None:
        """Decide at the end of the history, when other files come after this one.

        Args:
            say: asked with the schema then; None when there is nothing to say.
        """
        self.session.story.open.append((self.file.name, say))

    def once(self, code: str) -> bool:
        """True the first time that a file is told so."""
        if code in self.session.told:
            return False
        self.session.told.add(code)
        return True


@dataclass(frozen=True, slots=True)
class Example:
    """A history, and what its last file brings.

    Args:
        sql: the last file.
        codes: the codes of this file's hazards, sorted; none for a good example.
        before: what was there before it.
        title: what it is about.
        drizzle, certain, transaction: see `FileFacts`.
        statistics: figures, where they matter.
        postgres: the major version.
        after: a file that comes after it.
        down: what takes the last file back; '' when nothing does, None when nobody asks for ways back.
    """

    sql: str
    codes: tuple[str, ...] = ()
    before: str = ""
    title: str = ""
    drizzle: bool = False
    certain: bool = False
    transaction: bool = True
    statistics: Statistics | None = None
    postgres: int = 18
    after: str = ""
    down: str | None = None


def bad(before: str, sql: str, *codes: str, **more: object) -> Example:
    """A history whose last file is hazardous."""
    return Example(sql, tuple(sorted(codes)), before, **more)  # type: ignore[arg-type]


def good(before: str, sql: str, **more: object) -> Example:
    """A history about which nothing is said."""
    return Example(sql, (), before, **more)  # type: ignore[arg-type]


Check = Callable[[Context], Iterator[Hazard]]
CheckBacks = Callable[[Sequence[str], Sequence[WayBack]], Iterator[Hazard]]


@dataclass(frozen=True, slots=True)
class Page:
    """A hazard's file."""

    kinds: tuple[Kind, ...]
    check: Check
    text: str
    examples: tuple[Example, ...] = ()
    module: str = ""
    check_backs: CheckBacks | None = None

    @property
    def by_code(self) -> Mapping[str, Kind]:
        """The kinds by code."""
        return {kind.code: kind for kind in self.kinds}


def blocks(lock: Lock) -> str:
    """Who waits for a lock."""
    if lock.blocks_reads:
        return "reads and writes"
    return "writes" if lock.blocks_writes else "no reads and no writes"


def stronger(one: LockMode, other: LockMode) -> LockMode:
    """The stronger of two locks."""
    return max(one, other, key=MODES.index)


def shown(table: TableDraft) -> str:
    """A table as SQL names it."""
    return spelled(table.name) if table.schema == "public" else f"{spelled(table.schema)}.{spelled(table.name)}"


def spelled(name: str) -> str:
    """A name as one would write it in SQL: quoted only where it must be."""
    return name if _PLAIN.fullmatch(name) and name not in RESERVED else quote(name)


def few(names: Sequence[str]) -> str:
    """Names, only the first ones of many."""
    if len(names) <= SHOWN:
        return ", ".join(names)
    return f"{', '.join(names[:SHOWN])} and {len(names) - SHOWN} more"
