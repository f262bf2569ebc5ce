"""A unique index on organization_id allows one row for each organization."""

from deviations.trial import A, Shown, attempt, database

SEED = "`orgIdx: uniqueIndex('…_organization_id_idx').on(table.organizationId)`"
WE = "`index` for foreign keys; `uniqueIndex` only for business keys"
WHY = "An index that makes a join fast must not forbid the second row."
TABLE = "create table products (id int, organization_id uuid)"
TWO = f"insert into products values (1, '{A}'), (2, '{A}')"


def show() -> Shown:
    """Insert two products of one organization."""
    with database(TABLE, "create unique index on products (organization_id)") as seed:
        first = attempt(seed, TWO)
    with database(TABLE, "create index on products (organization_id)") as ours:
        return Shown(first, attempt(ours, TWO))
