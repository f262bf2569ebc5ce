"""As the application's role, one tenant can neither see, change nor refer to rows of another one."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from dbarchitect.facts.lookup import Reference
from dbarchitect.model.claim import Claim
from dbarchitect.model.names import qualified, quote
from dbarchitect.model.table import Table
from dbarchitect.prove.context import Context, first_line
from dbarchitect.prove.verdict import failed, proved, unproved

if TYPE_CHECKING:
    import psycopg

KIND = "tenant"
STATEMENT = "One tenant can neither see, change nor refer to rows of another one."


def check(context: Context) -> Iterator[Claim]:
    """Attack every tenant table as a role that owns nothing (DESIGN, section 5; reference/design.md M01-M03)."""
    tenancy = context.lookup.tenancy
    if tenancy is None:
        return
    with context.new_database(context.seeded) as database:
        with database.connect() as witness, database.connect(context.application) as attacker:
            for table in context.lookup.tenant_tables:
                yield _attack(context, witness, attacker, table, tenancy.column, tenancy.setting)


def _attack(
    context: Context,
    witness: psycopg.Connection[Any],
    attacker: psycopg.Connection[Any],
    table: Table,
    tenant: str,
    setting: str,
) -> Claim:
    statement = f"Through {table.name}, a tenant neither sees, changes nor refers to another tenant's rows."
    name = qualified(table.schema, table.name)
    if not table.has(tenant):
        return failed(KIND, table.address, statement, f"{table.name} has no column {tenant}")
    rows = witness.execute(
        f"select {quote(tenant)}::text, count(*) from {name} group by 1 order by 1".encode()
    ).fetchall()
    if len(rows) < 2:
        return unproved(KIND, table.address, statement, "the seed has rows of fewer than two tenants in it")
    mine, theirs = str(rows[0][0]), str(rows[1][0])
    raid = _Raid(attacker, table, tenant, setting, mine, theirs)
    fault = raid.reads() or raid.writes() or raid.without_tenant()
    for reference in context.lookup.references_from(table):
        fault = fault or _refers(context, witness, raid, reference, tenant)
    if fault:
        return failed(KIND, table.address, statement, fault)
    return proved(KIND, table.address, statement, attacks=raid.tried)


class _Raid:
    """Attacks by tenant `mine` on rows of tenant `theirs`; each returns the fault that it found, or None."""

    def __init__(
        self, connection: psycopg.Connection[Any], table: Table, tenant: str, setting: str, mine: str, theirs: str
    ) -> None:
        self.connection = connection
        self.table = table
        self.name = qualified(table.schema, table.name)
        self.tenant = quote(tenant)
        self.setting = setting
        self.mine = mine
        self.theirs = theirs
        self.tried: list[str] = []

    def reads(self) -> str | None:
        """Look for the other's rows, and for one's own."""
        with self.connection.transaction(force_rollback=True):
            self._as_tenant(self.mine)
            seen = self._count(f"select count(*) from {self.name} where {self.tenant} = '{self.theirs}'")
            own = self._count(f"select count(*) from {self.name}")
        self.tried.append("select")
        if seen:
            return f"a tenant reads {seen} rows of another one from {self.table.name}"
        return None if own else f"a tenant does not see its own rows in {self.table.name}"

    def writes(self) -> str | None:
        """Change, remove and slip in rows of the other tenant."""
        columns = [column.name for column in self.table.columns if column.generated is None]
        listed = ", ".join(quote(column) for column in columns)
        forged = ", ".join(f"'{self.theirs}'" if quote(c) == self.tenant else quote(c) for c in columns)
        touched = quote(next(c for c in reversed(columns) if quote(c) != self.tenant))
        attacks = {
            "update": f"update {self.name} set {touched} = {touched} where {self.tenant} = '{self.theirs}'",
            "delete": f"delete from {self.name} where {self.tenant} = '{self.theirs}'",
            "insert": f"insert into {self.name} ({listed}) select {forged} from {self.name} limit 1",
            "move": f"update {self.name} set {self.tenant} = '{self.theirs}'",
        }
        for act, sql in attacks.items():
            hit = self._affects(sql, self.mine)
            self.tried.append(act)
            if hit:
                return f"{act} of another tenant's rows passes in {self.table.name} ({hit} rows): {sql}"
        return None

    def without_tenant(self) -> str | None:
        """No tenant chosen, or an empty one as a pooled connection leaves it: no rows, and no error either."""
        import psycopg

        for label, value in (("unset", None), ("empty", "")):
            try:
                with self.connection.transaction(force_rollback=True):
                    if value is not None:
                        self._as_tenant(value)
                    seen = self._count(f"select count(*) from {self.name}")
            except psycopg.Error as error:
                return f"with the setting {label} a read of {self.table.name} fails: {first_line(error)}"
            if seen:
                return f"with the setting {label}, {seen} rows of {self.table.name} can be seen"
            self.tried.append(f"{label} setting")
        return None

    def refers(self, column: str, parent_row: str) -> str | None:
        """Point an own row at the other tenant's parent."""
        sql = f"update {self.name} set {quote(column)} = '{parent_row}'"
        own = f"where ctid = (select ctid from {self.name} limit 1)"
        hit = self._affects(f"{sql} {own}", self.mine)
        self.tried.append(f"refer by {column}")
        return f"a row of {self.table.name} can point at another tenant's row through {column}" if hit else None

    def _affects(self, sql: str, tenant: str) -> int:
        import psycopg

        try:
            with self.connection.transaction(force_rollback=True):
                self._as_tenant(tenant)
                count = self.connection.execute(sql.encode()).rowcount
                self.connection.execute("set constraints all immediate")
                return count
        except psycopg.Error:
            return 0

    def _as_tenant(self, tenant: str) -> None:
        self.connection.execute("select set_config(%s, %s, true)", (self.setting, tenant))

    def _count(self, sql: str) -> int:
        row = self.connection.execute(sql.encode()).fetchone()
        return int(row[0]) if row else 0


def _refers(
    context: Context, witness: psycopg.Connection[Any], raid: _Raid, reference: Reference, tenant: str
) -> str | None:
    """One attack for each column that points at a table of tenants' rows."""
    parent = reference.parent
    if parent is None or not context.lookup.intent(parent).tenant_scoped:
        return None
    key = reference.foreign_key
    pairs = [(c, t) for c, t in zip(key.columns, key.target_columns, strict=True) if c != tenant]
    for column, target in pairs:
        query = (
            f"select {quote(target)}::text from {qualified(parent.schema, parent.name)} "
            f"where {quote(tenant)} = '{raid.theirs}' order by 1 limit 1"
        )
        row = witness.execute(query.encode()).fetchone()
        fault = raid.refers(column, str(row[0])) if row else None
        if fault:
            return fault
    return None
