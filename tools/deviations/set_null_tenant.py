"""SET NULL on a reference that carries the tenant would clear the tenant, too."""

from deviations.trial import A, Shown, attempt, database

SEED = "`onDelete: 'set null'`"
WE = "`ON DELETE SET NULL (customer_id)`, by the companion migration, since Drizzle cannot say it"
WHY = "The reference is (organization_id, customer_id), so that no row can point at another tenant's; only one may go."
PARENT = "create table customers (organization_id uuid, id int, primary key (organization_id, id))"
CHILD = (
    "create table orders (organization_id uuid not null, customer_id int, foreign key (organization_id, customer_id) "
    "references customers on delete set null {columns})"
)
ROWS = (f"insert into customers values ('{A}', 1)", f"insert into orders values ('{A}', 1)")


def show() -> Shown:
    """Delete a parent."""
    found = []
    for columns in ("", "(customer_id)"):
        with database(PARENT, CHILD.format(columns=columns), *ROWS) as connection:
            found.append(attempt(connection, "delete from customers"))
    return Shown(*found)
