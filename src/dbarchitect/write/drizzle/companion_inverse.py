"""The statements that undo one statement of `write.sql.create`."""

from __future__ import annotations

from dataclasses import replace

from dbarchitect.model.address import address
from dbarchitect.model.names import qualified
from dbarchitect.model.schema import Schema, View
from dbarchitect.model.table import Table
from dbarchitect.write.sql.comment import comment_sql
from dbarchitect.write.sql.constraint import drop_constraint_sql
from dbarchitect.write.sql.dependencies import Object
from dbarchitect.write.sql.drop import drop_sql
from dbarchitect.write.sql.extension import drop_extension_sql, drop_namespace_sql
from dbarchitect.write.sql.grant import grant_sql, revoke_sql
from dbarchitect.write.sql.index import drop_index_sql
from dbarchitect.write.sql.place import object_address
from dbarchitect.write.sql.policy import drop_policy_sql
from dbarchitect.write.sql.routine import drop_trigger_sql
from dbarchitect.write.sql.sequence import sequence_owner_sql
from dbarchitect.write.sql.statement import Statement
from dbarchitect.write.sql.table import force_row_security_sql, row_security_sql

_OBJECTS = frozenset({"enum", "domain", "composite", "range", "sequence", "function", "table", "view"})


class Inverse:
    """Looks up what an address names, and says how it goes away again.

    Args:
        schema: the schema whose statements are undone.
    """

    def __init__(self, schema: Schema) -> None:
        self._schema = schema
        groups: tuple[tuple[Object, ...], ...] = (
            schema.enums, schema.ranges, schema.domains, schema.composites, schema.sequences, schema.functions,
            schema.tables, schema.views,
        )  # fmt: skip
        self._objects: dict[str, Object] = {object_address(item): item for group in groups for item in group}
        self._parts: dict[tuple[str, str], str] = {}
        for table in schema.tables:
            self._parts |= self._of_table(table)
        relations: tuple[Table | View, ...] = (*schema.tables, *schema.views)
        for relation in relations:
            self._parts |= self._of_relation(relation)

    def of(self, statement: Statement) -> tuple[Statement, ...]:
        """What undoes the statement; nothing for what goes away with its object."""
        sql = self._sql(statement)
        return (Statement(sql, statement.address, statement.kind),) if sql else ()

    def _sql(self, statement: Statement) -> str | None:
        kind, place = statement.kind, statement.address
        if kind in _OBJECTS:
            return drop_sql(self._objects[place])
        if kind in ("constraint", "foreign key", "index", "policy"):
            return self._parts.get((kind, place))  # the check of a domain goes away with it
        if kind == "trigger":
            # Its state is a statement of its own that needs no inverse.
            return self._parts.get((kind, place)) if statement.sql.startswith("CREATE") else None
        if kind == "comment":
            return comment_sql(commented(statement.sql), None)
        if kind == "grant":
            grant = next(g for g in self._schema.grants if g.address == place and grant_sql(g) == statement.sql)
            return revoke_sql(grant)
        return self._setting(statement)

    def _setting(self, statement: Statement) -> str | None:
        kind, place = statement.kind, statement.address
        item = self._objects.get(place)
        if kind == "row security" and isinstance(item, Table):
            return (
                row_security_sql(item, enable=False)
                if " ENABLE " in statement.sql
                else force_row_security_sql(item, force=False)
            )
        if kind == "replica identity" and isinstance(item, Table):
            return f"ALTER TABLE {qualified(item.schema, item.name)} REPLICA IDENTITY DEFAULT"
        if kind == "sequence owner":
            sequence = next(s for s in self._schema.sequences if object_address(s) == place)
            return sequence_owner_sql(replace(sequence, owned_by=None))
        if kind == "statistics":
            found = next(s for s in self._schema.statistics if address("statistics", s.schema, s.name) == place)
            return f"DROP STATISTICS {qualified(found.schema, found.name)}"
        if kind == "extension":
            return drop_extension_sql(next(e for e in self._schema.extensions if address("extension", e.name) == place))
        if kind == "namespace":
            return drop_namespace_sql(next(n for n in self._schema.namespaces if address("namespace", n.name) == place))
        return None

    def _of_table(self, table: Table) -> dict[tuple[str, str], str]:
        parts: dict[tuple[str, str], str] = {}
        names = [check.name for check in table.checks] + [exclusion.name for exclusion in table.exclusions]
        for name in names:
            parts["constraint", table.constraint_address(name)] = drop_constraint_sql(table, name)
        for key in table.foreign_keys:
            parts["foreign key", table.constraint_address(key.name)] = drop_constraint_sql(table, key.name)
        for policy in table.policies:
            parts["policy", table.policy_address(policy.name)] = drop_policy_sql(table, policy)
        return parts

    def _of_relation(self, relation: Table | View) -> dict[tuple[str, str], str]:
        parts: dict[tuple[str, str], str] = {}
        for index in relation.indexes:
            if index.attached_to:  # goes with that of its parent
                continue
            parts["index", address("index", relation.schema, index.name)] = drop_index_sql(relation, index)
        for trigger in relation.triggers:
            place = address("trigger", relation.schema, relation.name, trigger.name)
            parts["trigger", place] = drop_trigger_sql(relation, trigger)
        return parts


def commented(sql: str) -> str:
    """What a COMMENT statement is about: what stands between ON and the IS before the text.

    The text is a literal without a line break before it, so the first ` IS ` outside of double quotes is the one.
    """
    rest = sql.removeprefix("COMMENT ON ")
    quoted = False
    for position, character in enumerate(rest):
        quoted ^= character == '"'
        if not quoted and rest.startswith(" IS ", position):
            return rest[:position]
    raise ValueError(f"not a COMMENT statement: {sql!r}")
