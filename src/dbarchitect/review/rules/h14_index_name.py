"""An index is not named after its table.

Why
    Names of indexes are shared by a whole schema. `<table>_<columns>_idx` keeps them apart, and a plan, a log or an
    error that names an index tells the table.

Fix
    None by machine; the statement that is given renames it without building it anew.

Sources
    Seed: "Indexes - use snake_case with table prefix".
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from dbarchitect.model.finding import Finding
from dbarchitect.model.index import Index
from dbarchitect.model.names import fit, qualified, quote
from dbarchitect.model.table import Table
from dbarchitect.review.mending import fixes
from dbarchitect.review.rule import Rule, sql
from dbarchitect.review.subject import Subject

RULE = Rule("H14", "index-name", "house", "info", profiles=("house",))
_SNAKE = re.compile(r"[a-z_][a-z0-9_]*\Z")


def check(subject: Subject) -> Iterator[Finding]:
    """Each index whose name does not begin with its table's, or is not snake_case."""
    for table in subject.schema.tables:
        for index in table.indexes if not table.partition_of else ():
            prefixes = (f"{table.name}_", f"{table.name[:20]}", f"{table.name.removeprefix('org_')}_")
            if index.name.startswith(prefixes) and _SNAKE.match(index.name):
                continue
            wanted = _wanted(table, index)
            statement = f"ALTER INDEX {qualified(table.schema, index.name)} RENAME TO {quote(wanted)}"
            message = f"the index {index.name} of {table.name} should be called {wanted}"
            yield RULE.finding(
                subject, table.index_address(index.name), message, fixes=[fixes.display(f"call it {wanted}", statement)]
            )


def _wanted(table: Table, index: Index) -> str:
    return fit("_".join((table.name, *(part.column or "expression" for part in index.parts), "idx")))


TABLE = "create table users (id int primary key, email text);\n"
EXAMPLES = (
    sql(TABLE + "create index email_index on users (email);\n", "index:public.email_index"),
    sql(TABLE + "create index users_email_idx on users (email);\n"),
)
