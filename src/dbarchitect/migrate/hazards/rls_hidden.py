"""Row security that is forced hides rows from the migration, too.

Why
    FORCE ROW LEVEL SECURITY holds for the owner, and migrations run as the owner. UPDATE, DELETE and MERGE touch no
    row, and what reads the table to fill another one finds none: nothing fails. INSERT is refused (42501) unless a
    policy lets it pass, COPY always (0A000). A new foreign key of such a table is validated though rows point nowhere,
    because the validation cannot see them, and one to such a table fails (23503) though no row does (RLS01).

Safe way
    Run it as a role with BYPASSRLS, or NO FORCE ROW LEVEL SECURITY before it and FORCE after it in one transaction,
    and count the rows.

Sources
    https://www.postgresql.org/docs/18/ddl-rowsecurity.html
    Measured on PostgreSQL 18 as an owner without BYPASSRLS: each of them.
"""

from __future__ import annotations

from collections.abc import Iterator

from dbarchitect.migrate.hazard import Context, Kind, bad, few, good, shown
from dbarchitect.migrate.surroundings import table_address
from dbarchitect.model.address import address
from dbarchitect.model.constraint import ForeignKey
from dbarchitect.model.plan import Hazard
from dbarchitect.read.sql.drafts import TableDraft
from dbarchitect.sql.acts import Act, Name

HIDDEN = Kind("RLS01", "rows-hidden-by-policies", "warning", "Row security may hide the rows from the migration.")
KINDS = (HIDDEN,)
SAFE = "Run it as a role with BYPASSRLS, and count the rows."
READERS = ("insert", "update", "delete", "merge", "create table as")


def check(context: Context) -> Iterator[Hazard]:
    """What changes, adds and reads rows of such tables, and keys from and to them."""
    for act, table in context.named("update", "delete", "merge", "insert", "copy from"):
        if _hides(table) and (message := _written(act, table)):
            yield HIDDEN.hazard(context, table_address(table), message, SAFE)
    for act in context.acts:
        unseen = _forced(context, act.related) if act.action in READERS else []
        if unseen:
            verb = "CREATE" if act.action == "create table as" else act.action.upper()
            message = f"{verb} of {act.name} finds no row in {few([shown(table) for table in unseen])}: {FORCED}"
            yield HIDDEN.hazard(context, f"table:{act.name}", message, SAFE)
    yield from _keys(context)


FORCED = "row security is forced, and the role that runs it may not see them"


def _written(act: Act, table: TableDraft) -> str:
    if act.action == "copy from":
        return f"COPY into {shown(table)} is refused (0A000), because row security is forced"
    if act.action != "insert":
        return f"{act.action.upper()} touches no row of {shown(table)} and says nothing: {FORCED}"
    if any(item.permissive and item.command in ("insert", "all") and _open(item) for item in table.policies.values()):
        return ""
    return f"INSERT into {shown(table)} is refused (42501) unless a policy lets it pass: row security is forced"


def _open(policy: object) -> bool:
    """Whether a policy lets every new row pass."""
    check = getattr(policy, "check", None) or getattr(policy, "using", None) or ""
    return check.strip("() ").lower() == "true"


def _forced(context: Context, names: tuple[Name, ...]) -> list[TableDraft]:
    """The tables with forced row security among those that were there before."""
    found = [context.busy(name) for name in names]
    return [table for table in found if table is not None and _hides(table)]


def _hides(table: TableDraft) -> bool:
    return table.row_security and table.force_row_security


def _keys(context: Context) -> Iterator[Hazard]:
    for act, table in context.named("add constraint", "validate constraint"):
        rule, known = act.constraint, table.constraints.get(act.part)
        parent: Name | None = None
        if rule is not None and rule.kind == "foreign key" and rule.valid and rule.enforced:
            parent = rule.references
        elif act.action == "validate constraint" and isinstance(known, ForeignKey):
            parent = Name(known.target_schema, known.target_table)
        if parent is None or context.empty(table):
            continue
        place = address("constraint", table.schema, table.name, act.part) if act.part else table_address(table)
        if _hides(table):
            message = f"rows of {shown(table)} that point nowhere go unseen, and the key counts as validated: {FORCED}"
            yield HIDDEN.hazard(context, place, message, SAFE)
        elif _forced(context, (parent,)):
            message = f"it fails (23503) though every row of {shown(table)} points at one of {parent}: {FORCED}"
            yield HIDDEN.hazard(context, place, message, SAFE)


P = "CREATE TABLE p (id int PRIMARY KEY);\nCREATE TABLE t (id int PRIMARY KEY, p_id int);\nCREATE TABLE u (id int);\n"
F = P + "ALTER TABLE t ENABLE ROW LEVEL SECURITY;\nALTER TABLE t FORCE ROW LEVEL SECURITY;\n"
KEY = "ALTER TABLE t ADD CONSTRAINT k FOREIGN KEY (p_id) REFERENCES p"
EXAMPLES = (
    bad(F, "UPDATE t SET p_id = 1 WHERE id = 1;", "RLS01"),
    bad(F, "INSERT INTO t VALUES (1);", "RLS01"),
    bad(F, "COPY t FROM '/tmp/t.csv';", "RLS01"),
    bad(F, "INSERT INTO u SELECT id FROM t;", "RLS01"),
    bad(F, f"{KEY};", "RLS01"),
    bad(F + f"{KEY} NOT VALID;\n", "ALTER TABLE t VALIDATE CONSTRAINT k;", "RLS01"),
    bad(F, "ALTER TABLE u ADD FOREIGN KEY (id) REFERENCES t;", "RLS01"),
    bad(F, "DO $$ BEGIN IF true THEN UPDATE t SET p_id = 1 WHERE id = 1; END IF; END $$;", "RLS01"),
    bad(F, "DO $$ DECLARE n int; BEGIN FOR n IN 1..3 LOOP DELETE FROM t WHERE id = n; END LOOP; END $$;", "RLS01"),
    bad(F, "DO $$ DECLARE n int; BEGIN INSERT INTO t VALUES (1) RETURNING id INTO n; END $$;", "RLS01"),
    good(F, "DO $$ BEGIN ALTER TABLE t NO FORCE ROW LEVEL SECURITY; UPDATE t SET p_id = 1 WHERE id = 1; END $$;"),
    good(P + "ALTER TABLE t ENABLE ROW LEVEL SECURITY;\n", "UPDATE t SET p_id = 1 WHERE id = 1;"),
    good(F, "ALTER TABLE t NO FORCE ROW LEVEL SECURITY;\nUPDATE t SET p_id = 1 WHERE id = 1;"),
    good(F + "CREATE POLICY q ON t FOR INSERT WITH CHECK (true);\n", "INSERT INTO t VALUES (1);"),
    good(F, f"{KEY} NOT VALID;"),
    good(F, "INSERT INTO u VALUES (1);"),
)
