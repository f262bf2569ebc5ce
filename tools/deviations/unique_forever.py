"""A business key stays taken after a soft delete."""

from deviations.trial import A, Shown, attempt, database

SEED = "`uniqueIndex('org_products_sku_org_idx').on(table.sku, table.organizationId)`"
WE = "the tenant first, and `.where(sql`deleted_at is null`)`"
WHY = "A SKU that was deleted by mistake could never be used again. The tenant first serves lookups by tenant, too."
TABLE = "create table products (organization_id uuid, sku text, deleted_at timestamptz)"
OLD = f"insert into products values ('{A}', 'X1', now())"
AGAIN = f"insert into products values ('{A}', 'X1')"


def show() -> Shown:
    """Make a product again after it was soft-deleted."""
    with database(TABLE, "create unique index on products (sku, organization_id)", OLD) as seed:
        first = attempt(seed, AGAIN)
    index = "create unique index on products (organization_id, sku) where deleted_at is null"
    with database(TABLE, index, OLD) as ours:
        return Shown(first, attempt(ours, AGAIN))
