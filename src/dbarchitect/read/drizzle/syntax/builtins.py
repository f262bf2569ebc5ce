"""The names that Drizzle exports for PostgreSQL schemas."""

from __future__ import annotations

BUILDERS = frozenset(
    "bigint bigserial bit boolean bytea char cidr date decimal doublePrecision geometry halfvec inet integer interval "
    "json jsonb line macaddr macaddr8 numeric point real serial smallint smallserial sparsevec text time timestamp "
    "uuid varchar vector".split()
)
EXTRAS = frozenset("index uniqueIndex unique check foreignKey primaryKey pgPolicy".split())
MAKERS = frozenset(
    "pgTable pgTableCreator pgSchema pgEnum customType pgView pgMaterializedView pgSequence pgRole relations "
    "defineRelations defineRelationsPart snakeCase camelCase".split()
)
OPERATORS = frozenset(
    "eq ne gt gte lt lte and or not isNull isNotNull inArray notInArray between notBetween like notLike ilike notIlike "
    "exists notExists".split()
)
NAMES = BUILDERS | EXTRAS | MAKERS | OPERATORS | {"sql"}
GLOBALS = frozenset("Object Array String Number Boolean JSON Math Date BigInt process crypto Bun console".split())


def is_drizzle(module: str) -> bool:
    """Whether a module's specifier is Drizzle's own."""
    return module == "drizzle-orm" or module.startswith("drizzle-orm/")
