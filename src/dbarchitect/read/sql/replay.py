"""What every kind of statement needs while it is replayed: the state, names and where they lead, marks, problems."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence

from dbarchitect.errors import InputError
from dbarchitect.model.decision import Problem
from dbarchitect.model.types import SqlType
from dbarchitect.read.sql.drafts import Key, State, TableDraft
from dbarchitect.read.sql.source import Mark, Written
from dbarchitect.read.sql.types import names, plain, sql_type
from dbarchitect.sql.parser import Node

Place = tuple[str, ...]
"""An address in parts: (kind, schema, name, …)."""
TEMPORARY = "pg_temp"


class StatementError(InputError):
    """A statement that cannot be replayed as it stands; the rest goes on."""

    severity = "error"


class UnknownEffectError(StatementError):
    """A statement whose effect on the schema cannot be known without running it."""

    severity = "warning"


class Replay:
    """The state between two statements.

    Args:
        run: replays a statement; for what stands within another one.
    """

    def __init__(self, run: Callable[[Replay, Written], None] | None = None) -> None:
        self.state = State()
        self.problems: list[Problem] = []
        self.marks: dict[Place, list[Mark]] = {}
        self.was: dict[Place, Place] = {}
        self.path: list[str] = ["public"]
        self.lenient = False
        self.command: int | None = None
        self._run = run
        self._statement: Written | None = None

    def run(self, written: Written) -> None:
        """Replay one more statement, within the one that is being replayed."""
        assert self._run is not None
        self._run(self, written)

    @property
    def statement(self) -> Written:
        """The statement that is being replayed."""
        assert self._statement is not None
        return self._statement

    @statement.setter
    def statement(self, written: Written) -> None:
        self._statement = written
        self.command = None

    # -- what is noted

    def mark(self, *place: str, start: int | None = None, limit: int | None = None) -> None:
        """Note that the statement, or a piece of it, writes an element."""
        mark = Mark(self.statement, start, limit, self.command if start is None else None)
        self.marks.setdefault(place, []).append(mark)

    def mark_again(self, *place: str) -> None:
        """Note that the statement changes an element."""
        self.mark(*place)

    def forget(self, *place: str) -> None:
        """An element is gone, and everything in it."""
        self.marks.pop(place, None)
        self.was.pop(place, None)

    def move(self, old: Place, new: Place) -> None:
        """An element has another name or schema from now on."""
        if old == new:
            return
        marks = self.marks.pop(old, [])
        self.marks[new] = [*marks, Mark(self.statement, None, None, self.command)]
        self.was[new] = self.was.pop(old, old)

    def problem(self, message: str, severity: str = "warning", *, start: int | None = None) -> None:
        """Name something about the statement that is being replayed; tables that go with the session matter little."""
        if self._is_of_temporary():
            return
        mark = Mark(self.statement, start, None, None if start is not None else self.command)
        self.problems.append(Problem(severity, message, mark.span()))

    def _is_of_temporary(self) -> bool:
        fields = next(iter(self.statement.node.values()), None) if self.state.temporary else None
        relation = fields.get("relation") if isinstance(fields, dict) else None
        return isinstance(relation, dict) and "relname" in relation and self.target(relation) in self.state.temporary

    def lost(self, what: str) -> None:
        """Name something that the model has no place for."""
        self.problem(f"left out, because the model has no place for it: {what}")

    # -- names

    @property
    def here(self) -> str:
        """The schema in which new objects are made."""
        return self.path[0] if self.path else "public"

    def set_path(self, path: Iterable[str]) -> None:
        """SET search_path."""
        self.path = [name for name in path if name and name not in ("$user", "pg_catalog")]

    def new_key(self, relation: Node) -> Key:
        """The (schema, name) of a relation that is made."""
        name = relation.get("relname", "")
        if relation.get("relpersistence") == "t":
            return TEMPORARY, name
        return relation.get("schemaname") or self.here, name

    def new_name(self, items: Sequence[Node]) -> Key:
        """The (schema, name) of an object that is made."""
        parts = names(items)
        return (parts[-2] if len(parts) > 1 else self.here, parts[-1] if parts else "")

    def lookup(self, found: Collection[Key], schema: str | None, name: str) -> Key | None:
        """The key of an object that is there, along the search path when no schema is named."""
        if schema is not None:
            return (schema, name) if (schema, name) in found else None
        for place in (TEMPORARY, *self.path):
            if (place, name) in found:
                return place, name
        return None

    def key_of(self, found: Collection[Key], parts: Sequence[str]) -> Key | None:
        """As `lookup`, for a dotted name."""
        return self.lookup(found, parts[-2] if len(parts) > 1 else None, parts[-1]) if parts else None

    def target(self, relation: Node) -> Key:
        """The key of a relation; of where it would be, when it is not there."""
        schema, name = relation.get("schemaname") or None, relation.get("relname", "")
        for found in (self.state.tables, self.state.views):
            key = self.lookup(found, schema, name)
            if key:
                return key
        return schema or self.here, name

    def table(self, relation: Node) -> TableDraft | None:
        """The table of a RangeVar."""
        key = self.lookup(self.state.tables, relation.get("schemaname") or None, relation.get("relname", ""))
        return self.state.tables[key] if key else None

    def known_table(self, relation: Node, *, missing_ok: bool = False) -> TableDraft | None:
        """The table of a RangeVar; without it None when it may be missing, else the statement is refused."""
        table = self.table(relation)
        if table is None and not missing_ok:
            raise self.missing(relation)
        return table

    def missing(self, relation: Node) -> StatementError:
        """What is wrong when a relation is not there; less when nothing here makes its schema at all."""
        schema = relation.get("schemaname") or "public"
        ours = {"public", *self.state.namespaces, *(key[0] for key in self.state.tables)}
        if schema in ours:
            return StatementError(f"the table {shown(relation)} is not there")
        return UnknownEffectError(f"the table {shown(relation)} is not there: its schema is made elsewhere")

    def type(self, type_name: Node) -> SqlType:
        """The type of a TypeName."""
        return sql_type(type_name, self._type_schema, self.here)

    def _type_schema(self, schema: str | None, name: str) -> str | None:
        for place in [schema] if schema is not None else self.path:
            if self.state.type_schema(place, name):
                return place
        return None


def shown(relation: Node) -> str:
    """A relation as its statement names it."""
    parts = [relation.get("schemaname", ""), relation.get("relname", "")]
    return ".".join(plain(part) for part in parts if part)
