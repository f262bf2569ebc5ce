"""Rows that are changed page by page, each batch a transaction of its own."""

from __future__ import annotations

from dbarchitect.migrate.recipe import hastily
from dbarchitect.model.names import qualified
from dbarchitect.model.table import Table
from dbarchitect.sql.quote import literal

PAGES = 500
"""How many pages of the table one batch writes: 4 MB."""
FEW = 100
"""And where nobody can read the table meanwhile: some hundredths of a second."""


def unhidden(table: Table, statement: str) -> tuple[str, ...]:
    """A statement on all rows of a table for one transaction, in which row level security hides none from the owner."""
    if not table.force_row_security:
        return (statement,)
    place = f"ALTER TABLE {qualified(*table.key)}"
    return f"{place} NO FORCE ROW LEVEL SECURITY", statement, f"{place} FORCE ROW LEVEL SECURITY"


def batches(table: Table, assignment: str, condition: str = "") -> tuple[str, ...]:
    """A DO block that updates a table in batches and commits each; it runs outside of a transaction.

    Where row level security is forced, an UPDATE of the owner passes over rows in silence. There each batch lifts that
    for itself, under a lock that lets nobody else see it, and waits for that lock no longer than seconds: a runner
    tries again.

    Args:
        table: the table; its partitions and heirs are left alone.
        assignment: what is set, `"a" = "b"`.
        condition: the rows that need it; '' for all.
    """
    target = qualified(*table.key)
    regclass = f"{literal(target)}::regclass"
    more = f"\n        and {condition}" if condition else ""
    pages, before, after = PAGES, "", ""
    if table.force_row_security:
        pages = FEW
        before = f"    alter table {target} no force row level security;\n"
        after = f"    alter table {target} force row level security;\n"
    block = (
        "DO $fill$\ndeclare\n"
        f"  last bigint := pg_relation_size({regclass}) / current_setting('block_size')::bigint;\n"
        "  page bigint := 0;\nbegin\n"
        f"  while page <= last loop\n{before}"
        f"    update only {target} set {assignment}\n"
        f"      where ctid >= format('(%s,0)', page)::tid and ctid < format('(%s,0)', page + {pages})::tid{more};\n"
        f"{after}    commit;\n    page := page + {pages};\n  end loop;\nend\n$fill$"
    )
    return hastily(block) if table.force_row_security else (block,)
