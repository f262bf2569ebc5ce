"""A policy that casts the setting bare fails on a pooled connection."""

from deviations.trial import A, Shown, attempt, database

SEED = '"Requires Row Level Security policies", and none is shown'
WE = "`nullif(current_setting('app.organization_id', true), '')::uuid`"
WHY = "After a transaction the setting is not gone, it is empty; a bare `::uuid` then fails instead of showing nothing."
TABLE = f"create table products as select '{A}'::uuid as organization_id"
SETUP = (
    "create role deviation_reader",
    TABLE,
    "grant select on products to deviation_reader",
    "alter table products enable row level security",
)
BARE = "current_setting('app.organization_id', true)::uuid"


def show() -> Shown:
    """Read with the setting that an earlier transaction left behind."""
    found = []
    for cast in (BARE, "nullif(current_setting('app.organization_id', true), '')::uuid"):
        policy = f"create policy p on products using (organization_id = {cast})"
        with database(*SETUP, policy, "set app.organization_id = ''", "set role deviation_reader") as connection:
            found.append(attempt(connection, "select * from products"))
            connection.execute(b"reset role")
            connection.execute(b"drop owned by deviation_reader")
            connection.execute(b"drop role deviation_reader")
    return Shown(*found)
