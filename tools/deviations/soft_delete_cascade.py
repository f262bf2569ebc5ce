"""A cascade does not follow a soft delete."""

from deviations.trial import Shown, database, value

SEED = "`deletedAt` on every table, and `onDelete: 'cascade'`"
WE = "a soft-delete function for each aggregate, which marks its parts in the same transaction"
WHY = "A soft delete is an UPDATE; the foreign key never hears of it, and the parts stay in every list."
SETUP = (
    "create table orders (id int primary key, deleted_at timestamptz)",
    "create table items (order_id int references orders on delete cascade, deleted_at timestamptz)",
    "insert into orders values (1)",
    "insert into items values (1), (1)",
    "update orders set deleted_at = now()",
)
LIVE = "select count(*) from items where deleted_at is null"


def show() -> Shown:
    """Soft-delete an order with two items, and count the items that are still there."""
    with database(*SETUP) as seed:
        left = value(seed, LIVE)
    with database(*SETUP, "update items set deleted_at = now() where order_id = 1") as ours:
        return Shown(f"{left} live items of a deleted order", f"{value(ours, LIVE)} live items of a deleted order")
