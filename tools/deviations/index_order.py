"""An index with .desc() does not serve ORDER BY … DESC."""

from deviations.trial import Shown, database, statements, value

SEED = "lists newest first: `index(…).on(table.createdAt.desc())` with `orderBy(desc(table.createdAt))`"
WE = "`.desc().nullsFirst()`"
WHY = "Drizzle writes DESC NULLS LAST into the index and plain DESC, which means NULLS FIRST, into the query."
TABLE = "export const t = pgTable('t', { createdAt: timestamp('created_at') }, (table) => "
FILL = "insert into t select now() - n * interval '1 minute' from generate_series(1, 20000) n"
QUERY = "explain (costs off) select * from t order by created_at desc limit 10"


def plan(index: str) -> str:
    """The first line of the plan that matters."""
    with database(*statements(f"{TABLE}[index('t_idx').on({index})])"), FILL, "analyze t") as connection:
        rows = connection.execute(QUERY.encode()).fetchall()
        assert value(connection, "select count(*) from t") == 20000
    return " / ".join(str(row[0]).strip().removeprefix("->  ") for row in rows[1:3])


def show() -> Shown:
    """Explain the first page of a list over 20,000 rows."""
    return Shown(plan("table.createdAt.desc()"), plan("table.createdAt.desc().nullsFirst()"))
