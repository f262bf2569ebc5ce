"""Every foreign key has an index that finds the children of a parent."""

from __future__ import annotations

from collections.abc import Iterator

from dbarchitect.facts.lookup import Lookup
from dbarchitect.model.claim import Claim
from dbarchitect.prove.context import Context
from dbarchitect.prove.verdict import failed, proved

KIND = "foreign_key_index"
RANK = 8
STATEMENT = "Every foreign key has a usable index."


def check(context: Context) -> Iterator[Claim]:
    """Read the migrated catalog, not the declaration (seed: index foreign keys; reference/design.md R01)."""
    lookup = Lookup(context.actual)
    for reference in lookup.references:
        columns = reference.foreign_key.columns
        statement = f"{reference.child.name} finds its rows by ({', '.join(columns)}) without reading the whole table."
        index = lookup.index_for(reference.child, columns)
        if index:
            yield proved(KIND, reference.address, statement, index=index.name, columns=list(index.columns))
        else:
            reason = (
                f"no index of {reference.child.name} starts with {', '.join(columns)}, so that deleting a row of "
                f"{reference.foreign_key.target_table} reads all of {reference.child.name}"
            )
            yield failed(KIND, reference.address, statement, reason)
