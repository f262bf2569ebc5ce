"""Programs that run meanwhile meet another schema than they know.

Why
    While a deployment lasts, old programs use the new schema. They fail on names that are gone (BR01), on values that
    PostgreSQL no longer fills in or now leaves NULL (BR02), and on rules that they do not know (BR03). A column cannot
    change its type or go while a view, policy, trigger or computed column needs it (BR05).

Safe way
    Expand and contract: add the new beside the old, move the programs, then take the old away.

Sources
    https://www.postgresql.org/docs/18/sql-altertable.html
    Measured: migrate/truth.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from dbarchitect.migrate.hazard import Context, Kind, bad, good, shown
from dbarchitect.migrate.hazards.br_phases import stands_for
from dbarchitect.migrate.surroundings import Surroundings, table_address
from dbarchitect.model.address import address
from dbarchitect.model.plan import Hazard
from dbarchitect.read.sql.drafts import TableDraft
from dbarchitect.sql.acts import Constraint, Name

NAME = Kind("BR01", "rename", "warning", "Programs that still say the old name fail.")
FILLED = Kind("BR02", "default-goes", "info", "Programs that rely on a default or on NOT NULL meet another contract.")
RULE = Kind("BR03", "new-rule-for-writes", "info", "Old programs' writes may be refused by a new rule.")
NEEDED = Kind("BR05", "needed-by-others", "error", "Something that depends on it makes the statement fail.")
KINDS = (NAME, FILLED, RULE, NEEDED)
RENAMES = (
    "rename table", "rename column", "rename view", "rename type", "rename schema", "rename function", "set schema",
)  # fmt: skip
STATES = {
    "2BP01": "something depends on it", "0A000": "a view, policy, trigger or computed column needs the column",
    "42P16": "a primary key or an identity column is never NULL", "42809": "a check cannot become enforced",
    "55000": "the column may be NULL",
}  # fmt: skip


def check(context: Context) -> Iterator[Hazard]:
    """Renames, contracts, and what certainly fails."""
    if context.effect.refused and context.acts[0].action in (
        "drop column", "drop table", "set type", "drop constraint", "drop type", "drop not null", "truncate",
        "drop index", "add identity", "drop expression", "set unlogged",
    ):  # fmt: skip
        act = context.acts[0]
        table = context.around.table(act.name)
        if table is not None and address("column", *table.key, act.part) in context.transaction.made:
            return  # views that are older than a column do not need it, though they say *
        place = table_address(table) if table else f"{act.object}:{act.name}"
        why = STATES.get(context.effect.refused, "PostgreSQL refuses it")
        message = f"{act.action.upper()} fails ({context.effect.refused}): {why}"
        yield NEEDED.hazard(context, place, message, "Drop what needs it first, and make it again after it.")
        return
    for act in context.acts:
        if act.action in RENAMES:
            _renamed(context, act.action, act.name, act.part, act.new)
    for act, table in context.named("drop default", "drop not null"):
        column = table.columns.get(act.part)
        if column is None:
            continue
        place = address("column", table.schema, table.name, act.part)
        if act.action == "drop default" and not column.nullable and column.default is not None:
            message = f"inserts into {shown(table)} that leave {act.part} out fail from now on"
            hazard = FILLED.hazard(context, place, message, "Deploy programs that give it first.")
            context.later(hazard, partial(_demanded, table.key, act.part))
        elif act.action == "drop not null" and not column.nullable:
            message = f"programs that read {table.name}.{act.part} may meet NULL from now on"
            yield FILLED.hazard(context, place, message, "Deploy programs that bear it first.")
    for act, table in context.named("set not null", "add constraint"):
        kind = act.constraint.kind if act.constraint else "not null"
        if act.constraint is not None and (not act.constraint.enforced or act.constraint.index):
            continue
        column = table.columns.get(act.part)
        if act.action == "set not null" and (column is None or not column.nullable):
            continue
        if act.constraint is not None and kind == "foreign key" and _no_new_rule(context, table, act.constraint):
            continue
        message = f"old programs' writes to {shown(table)} that do not meet the new {kind.upper()} are refused"
        yield RULE.hazard(context, table_address(table), message, "Deploy programs that meet it first.")


def _demanded(place: tuple[str, str], name: str, after: Surroundings) -> bool:
    """Whether a column is required after the file, and nothing fills it."""
    table = after.state.tables.get(place)
    column = table.columns.get(name) if table is not None else None
    return column is not None and not column.nullable and column.default is None and column.identity is None


def _no_new_rule(context: Context, table: TableDraft, constraint: Constraint) -> bool:
    """Whether a foreign key was there before, or is over a column that no old program knows."""
    new = {address("column", table.schema, table.name, name) for name in constraint.columns}
    return bool(new & context.transaction.made) or context.holds_already(table, constraint)


def _renamed(context: Context, action: str, name: object, part: str, new: str) -> None:
    """Say what nothing takes the old name of by the end of the file."""
    if not isinstance(name, Name):
        return
    table = context.around.table(name)
    if table is not None and table_address(table) in context.transaction.made:
        return
    known = table is not None or context.around.view(name) is not None or action in ("rename type", "rename schema")
    if not known or (action == "rename column" and stands_for(part, new)):
        return
    old = f"{name}.{part}" if action == "rename column" else str(name)
    place = (
        address("column", table.schema, table.name, part) if table is not None and action == "rename column"
        else table_address(table) if table is not None else f"{action.split()[1]}:{name}"
    )  # fmt: skip
    enum = context.around.key(context.around.state.enums, name) if action == "rename type" else None
    if {place, address("enum", *enum) if enum else ""} & context.transaction.made:
        return
    into = f"schema {new}" if action == "set schema" else new
    message = f"{old} is {into} from now on: programs and function bodies that still say the old name fail"
    safe = "Deploy together, or keep the old name alive (a view, a second column) until nobody uses it."

    hazard = NAME.hazard(context, place, message, safe)
    context.later(hazard, lambda after: not _there(after, action, name, part))


def _there(after: Surroundings, action: str, name: Name, part: str) -> bool:
    """Whether something has an old name after the file."""
    if action == "rename column":
        table = after.table(name)
        return table is not None and part in table.columns
    if action == "rename type":
        known = (*after.state.enums, *after.state.domains, *after.state.composites)
        return after.key(known, name) is not None
    return after.table(name) is not None or after.view(name) is not None


T = "CREATE TABLE t (id int PRIMARY KEY, a text NOT NULL DEFAULT '', n int);\nCREATE VIEW v AS SELECT id, n FROM t;\n"
EXAMPLES = (
    bad(T, "ALTER TABLE t RENAME COLUMN a TO b;", "BR01"),
    bad(T, "ALTER TABLE t RENAME TO u;", "BR01"),
    bad(T, "ALTER TABLE t RENAME TO u;\nCREATE VIEW w AS SELECT id FROM u;", "BR01"),
    bad(T, "ALTER TABLE t ALTER COLUMN a DROP DEFAULT;", "BR02"),
    bad(T, "ALTER TABLE t ALTER COLUMN a DROP NOT NULL;", "BR02"),
    good(
        T,
        "ALTER TABLE t ALTER COLUMN a DROP DEFAULT;\nALTER TABLE t ALTER COLUMN a SET DEFAULT 'x';",
        title="another one comes",
    ),
    bad(T, "ALTER TABLE t ADD CHECK (n > 0);", "BR03"),
    bad(T, "ALTER TABLE t ADD FOREIGN KEY (n) REFERENCES t;", "BR03"),
    good(
        T,
        "ALTER TABLE t ADD COLUMN t_id int;\nALTER TABLE t ADD FOREIGN KEY (t_id) REFERENCES t;",
        title="no old program writes the column",
    ),
    good(
        T + "ALTER TABLE t ADD CONSTRAINT k FOREIGN KEY (n) REFERENCES t;\n",
        "ALTER TABLE t DROP CONSTRAINT k, ADD CONSTRAINT k FOREIGN KEY (n) REFERENCES t ON DELETE CASCADE;",
        title="the rule was there",
    ),
    bad(T, "ALTER TABLE t ALTER COLUMN n TYPE bigint;", "BR05"),
    bad(T, "ALTER TABLE t DROP COLUMN n;", "BR05"),
    bad(T, "DROP TABLE t;", "BR05"),
    good(T, "ALTER TABLE t ADD COLUMN b text;"),
    good(
        T + "ALTER TABLE t ADD COLUMN a_new text;\n",
        "ALTER TABLE t DROP COLUMN a;\nALTER TABLE t RENAME COLUMN a_new TO a;",
        title="the last phase of an exchange",
    ),
    good(T, "ALTER TABLE t ADD COLUMN b text;\nALTER TABLE t RENAME COLUMN b TO c;", title="the column is new"),
    good(
        "CREATE TYPE mood AS ENUM ('sad', 'ok');\n",
        "CREATE TYPE mood_new AS ENUM ('sad');\n"
        "ALTER TYPE mood RENAME TO mood_old;\nALTER TYPE mood_new RENAME TO mood;\nDROP TYPE mood_old;",
        title="the name stays",
    ),
    good(T, "ALTER TABLE t DROP COLUMN n CASCADE;"),
    good(
        T + "CREATE TABLE u (n int);\nCREATE VIEW w AS SELECT *, (SELECT max(id) FROM t) AS top FROM u;\n",
        "ALTER TABLE t DROP COLUMN a;",
        title="the view's * is another table's",
    ),
    bad(
        "CREATE TABLE t (id int PRIMARY KEY, n int);\nCREATE VIEW v AS SELECT * FROM t;\n",
        "ALTER TABLE t DROP COLUMN n;",
        "BR05",
    ),
    bad(
        T + "CREATE TABLE u (id int);\nALTER TABLE u ENABLE ROW LEVEL SECURITY;\n"
        "CREATE POLICY p ON u USING (EXISTS (SELECT 1 FROM t WHERE t.a = 'x'));\n",
        "ALTER TABLE t DROP COLUMN a;",
        "BR05",
    ),
    bad(
        "CREATE TABLE t (id int PRIMARY KEY, n int, m int GENERATED ALWAYS AS (n * 2) STORED);\n",
        "ALTER TABLE t DROP COLUMN n;",
        "BR05",
    ),
    good(
        "CREATE TABLE t (id int PRIMARY KEY, n int, a int);\nCREATE TABLE o (id int PRIMARY KEY, n int);\n"
        "CREATE VIEW v AS SELECT o.n, t.a AS name FROM t JOIN o ON o.id = t.id;\n",
        "ALTER TABLE t DROP COLUMN n;",
        title="the view reads the other table's",
    ),
    good("", T + "ALTER TABLE t RENAME COLUMN a TO b;", title="the table is new"),
)
