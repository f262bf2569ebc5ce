"""A plain foreign key lets a row point at another tenant's row."""

from deviations.trial import A, B, Shown, attempt, database

SEED = "`references(() => ordersSchema.id)`"
WE = "a foreign key over (organization_id, order_id), to `unique(organization_id, id)`"
WHY = "Row level security hides the other tenant's order, but PostgreSQL checks references as the owner, who sees it."
PARENT = "create table orders (organization_id uuid, id int primary key, unique (organization_id, id))"
PLAIN = "create table items (organization_id uuid, order_id int references orders (id))"
SAFE = (
    "create table items (organization_id uuid, order_id int, "
    "foreign key (organization_id, order_id) references orders (organization_id, id))"
)
THEIRS = f"insert into orders values ('{B}', 1)"
MINE = f"insert into items values ('{A}', 1)"


def show() -> Shown:
    """Let an item of tenant A point at an order of tenant B."""
    found = []
    for child in (PLAIN, SAFE):
        with database(PARENT, child, THEIRS) as connection:
            found.append(attempt(connection, MINE))
    return Shown(*found)
