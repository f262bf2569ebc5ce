"""Without FORCE, row level security does not bind the owner of a table."""

from deviations.trial import A, Shown, attempt, database

SEED = "`.enableRLS()` or a `pgPolicy`, which only enable it"
WE = "`FORCE ROW LEVEL SECURITY`, by the companion migration, since Drizzle cannot say it"
WHY = "Applications often connect as the role that ran the migrations; it owns the tables and would see every tenant."
SETUP = (
    "create role deviation_owner",
    f"create table products as select '{A}'::uuid as organization_id",
    "alter table products enable row level security",
    "create policy p on products using (false)",
    "alter table products owner to deviation_owner",
)


def show() -> Shown:
    """Read as the owner of a table whose policy shows nothing."""
    found = []
    for force in ((), ("alter table products force row level security",)):
        with database(*SETUP, *force, "set role deviation_owner") as connection:
            found.append(attempt(connection, "select * from products"))
            connection.execute(b"reset role")
            connection.execute(b"drop owned by deviation_owner")
            connection.execute(b"drop role deviation_owner")
    return Shown(*found)
