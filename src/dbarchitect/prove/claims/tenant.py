"""As the application's role, one tenant can neither see, change nor refer to rows of another one."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from dbarchitect.data.violation import literal
from dbarchitect.facts.lookup import Reference
from dbarchitect.model.claim import Claim
from dbarchitect.model.names import qualified, quote
from dbarchitect.model.table import Table
from dbarchitect.prove.context import Context, first_line
from dbarchitect.prove.verdict import failed, proved, unproved

if TYPE_CHECKING:
    import psycopg

KIND = "tenant"
RANK = 12
STATEMENT = "No tenant can see, change or refer to rows of another one."
TRIES = 4
"""Own rows that are pointed at another tenant's parent, until the database says something about that reference."""


def check(context: Context) -> Iterator[Claim]:
    """Attack every tenant table as a role that owns nothing, and look in as the owner (DESIGN, section 5; M01-M03)."""
    tenancy = context.lookup.tenancy
    if tenancy is None:
        return
    with ExitStack() as stack:
        database = stack.enter_context(context.new_database(context.seeded))
        hall = stack.enter_context(context.new_database(context.seeded))
        witness = stack.enter_context(context.whole(hall))
        attacker = stack.enter_context(database.connect(context.application))
        stranger = stack.enter_context(database.connect(context.application))
        owner = stack.enter_context(database.connect(context.owner))
        for table in context.schema.tables:
            owner.execute(f"alter table {qualified(*table.key)} disable trigger user".encode())
        for table, column in _targets(context):
            yield _attack(context, witness, _Raid(attacker, stranger, owner, table, column, tenancy.setting))


def _targets(context: Context) -> Iterator[tuple[Table, str]]:
    """Each tenant table with the column that says whose a row is, and the tenants' own, where it hides rows."""
    tenancy = context.lookup.tenancy
    assert tenancy is not None
    for table in context.schema.tables:
        if context.lookup.intent(table).tenant_scoped and table.partition_of is None:
            yield table, tenancy.column
        elif table.address == tenancy.table and table.row_security and table.primary_key:
            yield table, table.primary_key.columns[0]


def _attack(context: Context, witness: psycopg.Connection[Any], raid: _Raid) -> Claim:
    table, place = raid.table, raid.table.address
    statement = f"Through {table.name}, a tenant neither sees, changes nor refers to another tenant's rows."
    if not table.has(raid.column):
        return failed(KIND, place, statement, f"{table.name} has no column {raid.column}")
    query = f"select {raid.tenant}::text, count(*) from {raid.name} group by 1 order by 1 limit 2"
    rows = witness.execute(query.encode()).fetchall()
    if len(rows) < 2:
        return unproved(KIND, place, statement, f"the seed has rows of fewer than two tenants in {table.name}")
    raid.between(str(rows[0][0]), str(rows[1][0]))
    fault = raid.without_tenant() or raid.reads() or raid.writes()
    for reference in context.lookup.references_from(table):
        fault = fault or _refers(context, witness, raid, reference)
    fault = fault or raid.owner_sees()
    if fault:
        return failed(KIND, place, statement, fault, attacks=raid.tried)
    return proved(KIND, place, statement, attacks=raid.tried)


@dataclass(slots=True)
class _Answer:
    """Rows that a statement hit, or the error that stopped it."""

    rows: int = 0
    state: str | None = None
    text: str = ""


class _Raid:
    """Attacks by tenant `mine` on rows of tenant `theirs`; each returns the fault that it found, or None."""

    def __init__(
        self,
        connection: psycopg.Connection[Any],
        stranger: psycopg.Connection[Any],
        owner: psycopg.Connection[Any],
        table: Table,
        column: str,
        setting: str,
    ) -> None:
        self.connection = connection
        self.stranger = stranger
        self.owner = owner
        self.table = table
        self.column = column
        self.name = qualified(*table.key)
        self.tenant = quote(column)
        self.setting = setting
        self.mine = self.theirs = ""
        self.tried: list[str] = []

    def between(self, mine: str, theirs: str) -> None:
        """Choose the two tenants."""
        self.mine, self.theirs = mine, literal(theirs)

    def reads(self) -> str | None:
        """Look for the other's rows, and for one's own."""
        self.tried.append("select")
        seen = self._ask(f"select 1 from {self.name} where {self.tenant} = {self.theirs}")
        if seen.state or seen.rows:
            return seen.text or f"a tenant reads {seen.rows} rows of another one in {self.table.name}"
        own = self._ask(f"select 1 from {self.name}")
        return None if own.rows else f"a tenant does not see its own rows in {self.table.name}"

    def writes(self) -> str | None:
        """Change, remove and slip in rows of the other tenant; only the policies count as refusal."""
        columns = [column.name for column in self.table.columns if column.generated is None]
        listed = ", ".join(quote(name) for name in columns)
        forged = ", ".join(self.theirs if name == self.column else quote(name) for name in columns)
        touched = quote(next((name for name in reversed(columns) if name != self.column), columns[0]))
        overriding = " overriding system value" if any(column.identity for column in self.table.columns) else ""
        one = f"{self.name} limit 1"
        attacks = {
            "update": f"update {self.name} set {touched} = {touched} where {self.tenant} = {self.theirs}",
            "delete": f"delete from {self.name} where {self.tenant} = {self.theirs}",
            "insert": f"insert into {self.name} ({listed}){overriding} select {forged} from {one}",
            "move": f"update {self.name} set {self.tenant} = {self.theirs}",
        }
        for act, sql in attacks.items():
            answer = self._ask(sql)
            self.tried.append(act)
            if answer.state is None and answer.rows:
                return f"{act} of another tenant's rows passes in {self.table.name} ({answer.rows} rows): {sql}"
            if answer.state not in (None, "42501"):
                return f"no policy of {self.table.name} stops this {act}, only chance: {answer.text}"
        return None

    def without_tenant(self) -> str | None:
        """No tenant chosen, or an empty one as a pooled connection leaves it: no rows, and no error either."""
        sql = f"select 1 from {self.name}"
        for label in ("unset", "empty"):
            answer = self._ask(sql, setting="") if label == "empty" else _asked(self.stranger, sql)
            self.tried.append(f"{label} setting")
            if answer.state:
                return f"with {self.setting} {label}, reading {self.table.name} fails: {answer.text}"
            if answer.rows:
                return f"with {self.setting} {label}, {answer.rows} rows of {self.table.name} can be seen"
        return None

    def refers(self, columns: list[str], parent: list[str]) -> str | None:
        """Point own rows at the other tenant's parent."""
        sets = ", ".join(f"{quote(c)} = {literal(value)}" for c, value in zip(columns, parent, strict=True))
        self.tried.append(f"refer by {', '.join(columns)}")
        for number in range(TRIES):
            row = f"(select ctid from {self.name} order by ctid offset {number} limit 1)"
            answer = self._ask(f"update {self.name} set {sets} where ctid = {row}")
            if answer.state is None and answer.rows:
                return f"a row of {self.table.name} can point at another tenant's row through {', '.join(columns)}"
            if answer.state in (None, "23503", "42501"):
                return None
        return None

    def owner_sees(self) -> str | None:
        """FORCE ROW LEVEL SECURITY: the owner, whom an application often connects as, sees nothing either."""
        self.tried.append("owner")
        row = self.owner.execute(f"select count(*) from {self.name}".encode()).fetchone()
        if row and row[0]:
            return f"the owner of {self.table.name} sees every tenant's rows: FORCE ROW LEVEL SECURITY is missing"
        return None

    def _ask(self, sql: str, *, setting: str | None = None) -> _Answer:
        """Run a statement as the tenant `mine`, or with another setting, and undo it."""
        return _asked(self.connection, sql, (self.setting, self.mine if setting is None else setting))


def _asked(connection: psycopg.Connection[Any], sql: str, setting: tuple[str, str] | None = None) -> _Answer:
    """What a statement hits in a transaction that is undone; without a setting, nobody ever set one there."""
    import psycopg

    try:
        with connection.transaction(force_rollback=True):
            if setting is not None:
                connection.execute("select set_config(%s, %s, true)", setting)
            rows = connection.execute(sql.encode()).rowcount
            connection.execute("set constraints all immediate")
            return _Answer(rows)
    except psycopg.Error as error:
        return _Answer(0, error.sqlstate or "?", first_line(error))


def _refers(context: Context, witness: psycopg.Connection[Any], raid: _Raid, reference: Reference) -> str | None:
    """An attack by a foreign key that points at a table of tenants' rows."""
    parent, tenancy = reference.parent, context.lookup.tenancy
    if parent is None or tenancy is None or not context.lookup.intent(parent).tenant_scoped:
        return None
    key = reference.foreign_key
    pairs = [(c, t) for c, t in zip(key.columns, key.target_columns, strict=True) if c != raid.column]
    if not pairs:
        return None
    shown = ", ".join(f"{quote(target)}::text" for _, target in pairs)
    query = (
        f"select {shown} from {qualified(*parent.key)} where {quote(tenancy.column)} = {raid.theirs} order by 1 limit 1"
    )
    row = witness.execute(query.encode()).fetchone()
    return raid.refers([column for column, _ in pairs], [str(value) for value in row]) if row else None
