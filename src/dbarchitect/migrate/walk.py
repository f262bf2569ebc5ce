"""A file looked at statement by statement, with what its transaction, its session and earlier files have done."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from dbarchitect.migrate import effects
from dbarchitect.migrate.effects import Effect
from dbarchitect.migrate.hazard import Context, stronger
from dbarchitect.migrate.hazard_catalogue import pages
from dbarchitect.migrate.history import Moment
from dbarchitect.migrate.memory import FileFacts, Session, Story, Transaction
from dbarchitect.migrate.surroundings import Surroundings, keys, table_address
from dbarchitect.migrate.way_back import Down
from dbarchitect.model.address import address
from dbarchitect.model.column import Column
from dbarchitect.model.constraint import ForeignKey
from dbarchitect.model.plan import Hazard
from dbarchitect.model.schema import View
from dbarchitect.model.statistics import Statistics
from dbarchitect.read.migrations.folder import runs_alone
from dbarchitect.read.sql.blocks import is_told
from dbarchitect.read.sql.drafts import TableDraft
from dbarchitect.records import dataclass
from dbarchitect.sql.acts import Act


@dataclass(frozen=True, slots=True)
class Options:
    """How a history is checked.

    Args:
        postgres: the major version that runs it.
        statistics: figures of the database that it will meet.
        drizzle: Drizzle's migrator runs it.
        only: look at these files alone; the others are only replayed. None for all.
        transaction: False when no file runs in a transaction.
        certain: how files are run is known.
        batches: files of which a database has all or none: what one of them makes is new to the others.
        downs: what takes files back, by file; None when ways back are of no account.
    """

    postgres: int = 18
    statistics: Statistics | None = None
    drizzle: bool = False
    only: frozenset[str] | None = None
    transaction: bool = True
    certain: bool = False
    batches: tuple[frozenset[str], ...] = ()
    downs: Mapping[str, Down] | None = None


class Walker:
    """One file: what its transaction and session have done so far.

    Args:
        name: its path.
        text: what stands in it.
        options: how it is checked.
        story: what is known over all files.
        begun: what the files of its batch have made before it.
    """

    def __init__(self, name: str, text: str, options: Options, story: Story, begun: Transaction) -> None:
        self.name = name
        self._text = text
        self._options = options
        alone = runs_alone(text)
        transaction = options.transaction and (options.drizzle or not alone)
        self._file = FileFacts(name, options.drizzle, transaction, options.certain or alone, 0)
        labels = begun.labels if options.drizzle else {}
        self._transaction = Transaction(made=begun.made, filled=begun.filled, labels=labels)
        self._session = Session(story=story)
        self._block = False
        self.looked = options.only is None or name in options.only

    def back(self, down: Down) -> Walker:
        """A walker of its way back: what the file has made is new to it, and Drizzle's migrator never runs it."""
        text = self._text + down.text if down.file == self.name else down.text
        known = self._session.story
        story = Story(published=set(known.published), empty=set(known.empty))
        made = Transaction(made=set(self._transaction.made))
        return Walker(down.file, text, replace(self._options, only=None, drizzle=False), story, made)

    def drops(self, moment: Moment) -> Iterator[str]:
        """The tables and columns that a statement drops and that nobody used before the file, as people call them."""
        for act in moment.classified.acts:
            table = moment.around.table(act.name)
            if table is None or act.action not in ("drop table", "drop column"):
                continue
            place = (table.schema, table.name, act.part) if act.action == "drop column" else table.key
            kind = "column" if act.action == "drop column" else "table"
            if address(kind, *place) in self._transaction.made:
                yield ".".join(place).removeprefix("public.")

    def step(self, moment: Moment) -> Iterator[Hazard]:
        """The hazards of one statement, which is then taken for run."""
        if not self._file.statements:
            self._file = replace(self._file, statements=moment.count)
        effect = effects.of(moment.classified, moment.around, postgres=self._options.postgres)
        effect = _of_nothing(effect, moment, self._transaction)
        self._cross(moment)
        if moment.excused and _is_done(moment):
            return
        context = Context(
            moment, effect, self._file, self._transaction, self._session, self._options.postgres,
            self._options.statistics,
        )  # fmt: skip
        if self.looked:
            for page in pages():
                yield from page.check(context)
        self._note(moment, effect)

    def end(self, around: Surroundings) -> list[Hazard]:
        """The hazards that the file has left open, with the schema after it."""
        return [hazard for say in self._session.open if (hazard := say(around)) is not None]

    def _cross(self, moment: Moment) -> None:
        """Outside of a transaction a DO block is one by itself."""
        block = moment.within or moment.classified.kind == "DoStmt"
        if self._block and (not moment.within or not block):
            self._transaction = replace_transaction(self._transaction, explicit=False)
            self._block = False
        if block and not self._inside:
            self._transaction = replace_transaction(self._transaction, explicit=True)
            self._block = True

    @property
    def _inside(self) -> bool:
        return self._transaction.explicit or (self._file.transaction and not self._transaction.ended)

    def _note(self, moment: Moment, effect: Effect) -> None:
        state = self._transaction
        for act in moment.classified.acts:
            self._remember(moment, act)
        if self._inside:
            for lock in effect.locks:
                if lock.address in state.made:
                    continue
                known = state.locks.get(lock.address)
                mode = stronger(known[0], lock.mode) if known else lock.mode
                state.locks[lock.address] = (mode, moment.written.text)
                if lock.scans or lock.rewrites:
                    state.altered[lock.address] = state.altered.get(lock.address, 0) + 1
        state.statements += not moment.within

    def _remember(self, moment: Moment, act: Act) -> None:
        state, around = self._transaction, moment.around
        table = around.table(act.name)
        place = table_address(table) if table is not None else ""
        if act.action == "transaction":
            self._transact(act.option)
        elif act.action == "set":
            self._set(act)
        elif act.action.startswith("create ") or act.action == "create table as":
            self._made(moment, act)
        if table is not None and act.action == "add column" and act.column is not None:
            dropped = {item.part for item in moment.classified.acts if item.action == "drop column"}
            if act.column.name not in table.columns or act.column.name in dropped:
                state.made.add(address("column", table.schema, table.name, act.column.name))
                plain = act.column.default is None or act.column.default.null
                plain &= not (act.column.serial or act.column.identity or act.column.generated)
                added = Column(act.column.name, around.type(act.column.type), default=None if plain else "")
                state.added.setdefault(place, []).append(added)
        elif table is not None and act.action == "update":
            state.written |= {address("column", table.schema, table.name, name) for name in act.columns}
        elif table is not None and (act.action == "truncate" or (act.action == "delete" and not act.condition)):
            if not act.related:
                state.emptied.add(place)
        elif act.action in ("insert", "merge", "copy from"):
            state.emptied.discard(place)
            state.filled.add(place)
        self._fill(moment, act, table)
        gone = table.constraints.get(act.part) if table is not None and act.action == "drop constraint" else None
        if isinstance(gone, ForeignKey):
            state.released.append((place, gone))
        if act.action == "add value":
            key = around.key(around.state.enums, act.name)
            fresh = key is not None and act.part not in around.state.enums[key].labels
            if key is not None and fresh and address("enum", *key) not in state.made:
                state.labels.setdefault(key, set()).add(act.part)
                if self.looked:
                    self._session.story.labels.setdefault(key, {})[act.part] = self._file.name
        if act.action == "add constraint" and act.constraint is not None and not act.constraint.valid and table:
            if self._inside:
                state.waiting.add((place, act.part))
        elif act.action == "drop index":
            self._index_dropped(moment, act)
        elif act.action == "drop column" and table is not None and act.part in table.columns:
            state.columns.setdefault(place, []).append(table.columns[act.part])
        elif act.action == "publish" and table is not None:
            self._session.story.published.add(place)
        elif act.action in ("rename table", "set schema") and place in state.made and table is not None:
            new = (table.schema, act.new) if act.action == "rename table" else (act.new, table.name)
            state.made.add(address("table", *new))

    def _fill(self, moment: Moment, act: Act, table: TableDraft | None) -> None:
        """Note which columns are there without a value; a trigger may fill all of a table at any UPDATE."""
        empty, column = self._session.story.empty, act.column
        if act.action == "do":
            text = "" if is_told(moment.written) else moment.written.text
            empty -= {place for place in empty if place.rpartition(".")[2] in text}
            state = self._transaction
            state.written |= {place for place in state.made if place.rpartition(".")[2] in text}
        elif table is not None and act.action == "add column" and column is not None:
            given = column.default or column.generated or column.identity or column.serial
            if column.name not in table.columns and not given:
                empty.add(address("column", table.schema, table.name, column.name))
        elif table is not None and act.action == "update":
            names = table.columns if table.triggers else act.columns
            empty -= {address("column", table.schema, table.name, name) for name in names}

    def _made(self, moment: Moment, act: Act) -> None:
        kind = act.action.split()[1]
        if act.name is None:
            return
        schema = act.name.schema or next(iter(moment.around.path))
        if kind == "table" and moment.around.table(act.name) is None:
            self._transaction.made.add(address("table", schema, act.name.name))
            if act.action == "create table as":
                self._transaction.filled.add(address("table", schema, act.name.name))
                self._transaction.made.add(address("view", schema, act.name.name))
        elif kind in ("enum", "sequence", "view"):
            if kind == "enum" and self.looked:
                self._session.story.enums[schema, act.name.name] = self._file.name
            self._transaction.made.add(address(kind, schema, act.name.name))

    def _index_dropped(self, moment: Moment, act: Act) -> None:
        found = moment.around.index(act.name)
        if found is None:
            return
        name, table = found
        if isinstance(table, View) or table_address(table) in self._transaction.made:
            return
        index = table.indexes.get(name)
        columns = index.columns if index else next((tuple(getattr(key, "columns", ())) for key in keys(table)
                                                    if key.name == name), ())  # fmt: skip
        self._transaction.dropped.setdefault(table_address(table), []).append((name, columns))

    def _transact(self, word: str) -> None:
        state = self._transaction
        if word in ("begin", "start"):
            self._transaction = replace_transaction(state, explicit=True)
        elif word in ("commit", "rollback"):
            self._transaction = replace_transaction(state, explicit=False, ended=True)

    def _set(self, act: Act) -> None:
        on = act.new not in ("", "0", "0s", "0ms")
        if act.part == "lock_timeout":
            self._session.lock_timeout = on
        elif act.part == "statement_timeout":
            self._session.statement_timeout = on


def replace_transaction(state: Transaction, *, explicit: bool, ended: bool = False) -> Transaction:
    """Another transaction of the same file: locks are gone, what the file made is still its own."""
    return replace(state, locks={}, waiting=set(), labels={}, altered={}, emptied=set(), released=[], explicit=explicit,
                   ended=ended or state.ended)  # fmt: skip


def _is_done(moment: Moment) -> bool:
    """Whether what a statement of a block makes is there, or what it drops is not, so that the block passes over it."""
    acts = moment.classified.acts
    return bool(acts) and all(_is_there(act, moment.around) for act in acts)


def _is_there(act: Act, around: Surroundings) -> bool:
    if act.action == "create enum":
        return around.key(around.state.enums, act.name) is not None
    table = around.table(act.name)
    if table is None or act.object in ("domain", "type"):
        return False
    made = {
        "create table": True,
        "add constraint": act.constraint is not None and act.constraint.name in table.constraints,
        "add column": act.column is not None and act.column.name in table.columns,
        "create index": (table.schema, act.part) in around.state.indexes,
        "drop constraint": act.part not in table.constraints,
        "drop column": act.part not in table.columns,
        "rename column": act.part not in table.columns,
    }
    return made.get(act.action, False)


def _of_nothing(effect: Effect, moment: Moment, state: Transaction) -> Effect:
    """A foreign key reads no parent when no row refers to one: those of a table that the file made and left empty, and
    those over a column that it added and left NULL (measured on PostgreSQL 18).
    """  # fmt: skip
    table = moment.around.table(moment.classified.acts[0].name) if moment.classified.acts else None
    if table is None or moment.classified.kind != "AlterTableStmt":
        return effect
    place = table_address(table)
    empty = place in state.made and place not in state.filled
    linking = [
        act.constraint for act in moment.classified.acts if act.constraint and act.constraint.kind == "foreign key"
    ]
    if not empty and not (linking and all(any(state.unfilled(table, name) for name in key.columns) for key in linking)):
        return effect
    locks = tuple(
        lock if lock.address == place and not empty else replace(lock, scans=False, rewrites=False)
        for lock in effect.locks
    )
    return replace(effect, locks=locks, known={lock.address: lock for lock in locks})
