"""A table under two names: a view that says the old one, as wide as the table and with the same privileges.

The view can be read and written like the table; what only a table can do (TRUNCATE, COPY … FROM, `ctid`) needs the new
name. It looks at the table with the rights of who asks (security_invoker), so that row level security holds.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from dbarchitect.model.address import address
from dbarchitect.model.names import qualified, quote
from dbarchitect.model.policy import Grant
from dbarchitect.model.table import Table
from dbarchitect.sql.quote import literal
from dbarchitect.write.sql.grant import grant_sql

_TAKEN = ("select", "insert", "update", "delete")
"""The privileges that mean something on a view."""


@dataclass(frozen=True)
class TableOverlap:
    """One table that has two names for a while.

    Args:
        table: the table before.
        later: the table when the renames are done.
        up: the statement that renames it.
        down: the statement that takes that back.
        columns: its columns as they are meanwhile, with the copies of those that are renamed, too.
        grants: privileges on the table and its columns.
        postgres: the major version: before 15 a view always looks with its owner's rights.
    """

    table: Table
    later: Table
    up: str
    down: str
    columns: tuple[str, ...]
    grants: tuple[Grant, ...]
    postgres: int

    def renamed(self) -> tuple[str, ...]:
        """The new name, and the old one for those who still say it."""
        return self.up, *self.seen()

    def undone(self) -> tuple[str, ...]:
        """The old name alone."""
        return *self.hidden(), self.down

    def seen(self) -> tuple[str, ...]:
        """The view."""
        name = qualified(*self.table.key)
        columns = ", ".join(quote(column) for column in self.columns)
        options = " WITH (security_invoker = true)" if self.postgres >= 15 else ""
        said = literal(f"The old name of {self.later.name}, for programs that still say it.")
        return (
            f"CREATE VIEW {name}{options} AS\n  SELECT {columns}\n  FROM {qualified(*self.later.key)}",
            f"COMMENT ON VIEW {name} IS {said}",
            *(grant_sql(grant) for grant in map(self._on_view, self.grants) if grant.privileges),
        )

    def hidden(self) -> tuple[str, ...]:
        """The view gone."""
        return (f"DROP VIEW {qualified(*self.table.key)}",)

    def _on_view(self, grant: Grant) -> Grant:
        words = tuple(word for word in grant.privileges if word in _TAKEN)
        on_table = grant.address == self.table.address
        return replace(grant, privileges=words, address=address("view", *self.table.key) if on_table else grant.address)
