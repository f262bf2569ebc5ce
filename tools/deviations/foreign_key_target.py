"""A unique index cannot be the target of a composite foreign key in one migration."""

from deviations.trial import Shown, attempt, database, statements

SEED = "`uniqueIndex(…)` for every unique rule"
WE = "`unique(…)` where a foreign key points at it"
WHY = "drizzle-kit 0.31 writes foreign keys before indexes, so the target is not there yet."
SCHEMA = """
export const p = pgTable('p', {{ a: uuid('a'), b: uuid('b') }}, (table) => [{target}('p_key').on(table.a, table.b)])
export const c = pgTable('c', {{ a: uuid('a'), b: uuid('b') }}, (table) => [
  foreignKey({{ columns: [table.a, table.b], foreignColumns: [p.a, p.b] }})])
"""


def apply(target: str) -> str:
    """Apply drizzle-kit's SQL."""
    with database() as connection:
        for statement in statements(SCHEMA.format(target=target)):
            answer = attempt(connection, statement)
            if not answer.startswith("accepted"):
                return answer
    return "applied"


def show() -> Shown:
    """Migrate a child that refers to two columns."""
    return Shown(apply("uniqueIndex"), apply("unique"))
