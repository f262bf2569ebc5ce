"""Rows that are changed page by page, each batch a transaction of its own."""

from __future__ import annotations

from dbarchitect.sql.quote import literal

PAGES = 500
"""How many pages of the table one batch writes: 4 MB."""


def batches(target: str, assignment: str, condition: str = "") -> str:
    """A DO block that updates a table in batches and commits each; it runs outside of a transaction.

    Args:
        target: the quoted name of the table; its partitions and heirs are left alone.
        assignment: what is set, `"a" = "b"`.
        condition: the rows that need it; '' for all.
    """
    regclass = f"{literal(target)}::regclass"
    more = f"\n        and {condition}" if condition else ""
    return (
        "DO $fill$\ndeclare\n"
        f"  last bigint := pg_relation_size({regclass}) / current_setting('block_size')::bigint;\n"
        "  page bigint := 0;\nbegin\n"
        "  while page <= last loop\n"
        f"    update only {target} set {assignment}\n"
        f"      where ctid >= format('(%s,0)', page)::tid and ctid < format('(%s,0)', page + {PAGES})::tid{more};\n"
        f"    commit;\n    page := page + {PAGES};\n  end loop;\nend\n$fill$"
    )
