"""Another type for a column of a table that is in use, in batches.

When: the change writes every row anew, nothing else looks at the column (index, constraint, default, view, trigger,
policy), the table is not partitioned and has no triggers (they would fire for every row), and the runner can leave
transactions.

`ALTER COLUMN … TYPE` writes the table and all of its indexes anew while nobody may read or write it (RW08). Here a
column of the new type is added beside the old one, a trigger keeps it right for rows that change, the others are filled
in batches that each hold their own rows only, and at the end the two change places in a moment. The column comes last
in its table afterwards. Rows that cannot be converted stop the batch that meets them; the old column is still there.
"""

from __future__ import annotations

from dataclasses import replace

from dbarchitect.migrate.batches import batches, unhidden
from dbarchitect.migrate.conversions import cost
from dbarchitect.migrate.kinds.column import converted
from dbarchitect.migrate.operation import Operation
from dbarchitect.migrate.recipe import Phase, Scene, Way, is_partitioned
from dbarchitect.model.column import Column
from dbarchitect.model.names import fit, qualified, quote
from dbarchitect.model.table import Table
from dbarchitect.sql.default_names import chosen
from dbarchitect.sql.quote import literal
from dbarchitect.write.sql.table import column_sql

CODE, NAME, RUNNER = "RW08", "change-type", "dbarchitect"
SAFE = "Fill a column of the new type in batches and let the two change places."


def harm(operation: Operation, scene: Scene) -> str | None:
    """A rewrite under ACCESS EXCLUSIVE."""
    if operation.action != "alter" or operation.kind != "column" or not scene.standing(operation.element.owner):
        return None
    before, after = operation.both
    if cost(before.value.type, after.value.type) not in ("rewrite", "timezone"):
        return None
    return "changing the type writes the whole table anew while nobody can read or write it"


def way(operation: Operation, scene: Scene) -> Way | None:
    """Add, fill, exchange."""
    before, after = operation.both
    old, new, table = before.value, after.value, after.owner
    if replace(old, type=new.type, collation=new.collation) != new or new.generated or new.identity:
        return None
    if is_partitioned(table) or table.triggers or _watched(operation.address, scene):
        return None
    exchange = _Exchange(table, old, new)
    return Way(
        (
            Phase("expand", exchange.expanded(), exchange.undone(), "expand"),
            Phase("backfill", exchange.filled(), (), "backfill"),
            *(() if new.nullable else (Phase("validate", *exchange.validated(), "validate"),)),
            Phase("finish", exchange.finished(), exchange.reopened(), "finish"),
        )
    )


def _watched(place: str, scene: Scene) -> bool:
    both = (scene.difference.needed_before, scene.difference.needed_after)
    users = {user for needed in both for user, wanted in needed.items() if place in wanted}
    return any(not user.startswith("comment:") for user in users)


def _aside(column: str) -> str:
    return fit(f"{column}__new")


def _helper(table: str, column: str) -> str:
    return fit(f"{table}__{column}__fill")


def filled_by(table: Table, trigger: str) -> tuple[str, str] | None:
    """The column that a trigger of this recipe copies, and the one that it fills; None for any other trigger."""
    for column in table.columns:
        if trigger == _helper(table.name, column.name) and table.has(_aside(column.name)):
            return column.name, _aside(column.name)
    return None


class _Exchange:
    """The statements that bring a column of another type in the place of one."""

    def __init__(self, table: Table, old: Column, new: Column) -> None:
        self.table, self.old, self.new = table, old, new
        self.target = qualified(*table.key)
        self.place = f"ALTER TABLE {self.target}"
        self.name, self.aside = quote(old.name), quote(_aside(old.name))
        self.helper = _helper(table.name, old.name)
        self.function = qualified(table.schema, self.helper)
        self.check = quote(chosen(table.name, [old.name], "filled"))

    def expanded(self) -> tuple[str, ...]:
        """The new column, and what fills it for rows that are written."""
        column = replace(self.new, name=_aside(self.old.name), nullable=True)
        added = f"{self.place} ADD COLUMN {column_sql(column, table_schema=self.table.schema)}"
        return (added, *self._triggered(), *([] if self.new.nullable else [f"{self._checked()} NOT VALID"]))

    def undone(self) -> tuple[str, ...]:
        """Trigger, check and column gone."""
        return (*self._released(), f"{self.place} DROP COLUMN {self.aside}")

    def filled(self) -> tuple[str, ...]:
        """The rows that were there, page by page, each batch a transaction of its own."""
        return batches(self.table, f"{self.aside} = {converted(self.old, self.new, self.name)}")

    def validated(self) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """That no row was forgotten, so that NOT NULL need not read the table at the end; and back."""
        gone = f"{self.place} DROP CONSTRAINT {self.check}"
        return (f"{self.place} VALIDATE CONSTRAINT {self.check}",), (gone, f"{self._checked()} NOT VALID")

    def finished(self) -> tuple[str, ...]:
        """The new column in the place of the old one."""
        required = [] if self.new.nullable else [f"{self.place} ALTER COLUMN {self.aside} SET NOT NULL"]
        return (
            *required,
            *self._released(),
            f"-- dbarchitect: ignore DL02, DL13: the column that takes its name has its values\n"
            f"{self.place} DROP COLUMN {self.name}",
            f"{self.place} RENAME COLUMN {self.aside} TO {self.name}",
            *self._commented(),
        )

    def reopened(self) -> tuple[str, ...]:
        """What stood before `finished` began."""
        required = not self.new.nullable
        old = column_sql(replace(self.old, nullable=True), table_schema=self.table.schema)
        return (
            "-- dbarchitect: ignore-file RB05: every value is in the column that steps aside\n"
            f"{self.place} RENAME COLUMN {self.name} TO {self.aside}",
            *([f"{self.place} ALTER COLUMN {self.aside} DROP NOT NULL"] if required else []),
            *([f"COMMENT ON COLUMN {self.target}.{self.aside} IS NULL"] if self._comment() else []),
            f"{self.place} ADD COLUMN {old}",
            *unhidden(
                self.table, f"UPDATE ONLY {self.target} SET {self.name} = {converted(self.new, self.old, self.aside)}"
            ),
            *([f"{self.place} ALTER COLUMN {self.name} SET NOT NULL"] if required else []),
            *self._commented(),
            *self._triggered(),
            *([self._checked()] if required else []),
        )

    def _triggered(self) -> tuple[str, ...]:
        value = converted(self.old, self.new, f"new.{self.name}")
        return (
            f"CREATE FUNCTION {self.function}() RETURNS trigger LANGUAGE plpgsql"
            f" AS $fill$ begin new.{self.aside} := {value}; return new; end $fill$",
            f"CREATE TRIGGER {quote(self.helper)} BEFORE INSERT OR UPDATE ON {self.target}\n"
            f"  FOR EACH ROW EXECUTE FUNCTION {self.function}()",
        )

    def _released(self) -> tuple[str, ...]:
        return (
            *([] if self.new.nullable else [f"{self.place} DROP CONSTRAINT {self.check}"]),
            f"DROP TRIGGER {quote(self.helper)} ON {self.target}",
            f"DROP FUNCTION {self.function}()",
        )

    def _checked(self) -> str:
        return f"{self.place} ADD CONSTRAINT {self.check} CHECK ({self.aside} IS NOT NULL)"

    def _comment(self) -> str | None:
        return self.table.column(self.old.name).comment

    def _commented(self) -> tuple[str, ...]:
        said = self._comment()
        return (f"COMMENT ON COLUMN {self.target}.{self.name} IS {literal(said)}",) if said else ()
