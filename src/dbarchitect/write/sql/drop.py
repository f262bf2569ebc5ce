"""The inverse of `create`: statements that take a schema away again."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from dbarchitect.model.address import address, parse
from dbarchitect.model.names import qualified
from dbarchitect.model.routine import Function
from dbarchitect.model.schema import Domain, Schema, Sequence, View
from dbarchitect.model.table import Table
from dbarchitect.sql.tokens import scan
from dbarchitect.write.sql.constraint import drop_constraint_sql
from dbarchitect.write.sql.create import relations_of, tables_of
from dbarchitect.write.sql.dependencies import Object, node_key
from dbarchitect.write.sql.extension import drop_extension_sql, drop_namespace_sql, extension_order
from dbarchitect.write.sql.grant import revoke_sql
from dbarchitect.write.sql.index import drop_index_sql
from dbarchitect.write.sql.order import Ordered, ordered
from dbarchitect.write.sql.place import object_address
from dbarchitect.write.sql.policy import drop_policy_sql
from dbarchitect.write.sql.routine import drop_function_sql, drop_trigger_sql
from dbarchitect.write.sql.statement import Statement, StatementKind
from dbarchitect.write.sql.view import drop_view_sql


def drop(schema: Schema) -> tuple[Statement, ...]:
    """The statements that undo `create(schema)`, last created first; nothing is dropped by CASCADE.

    What goes away with its table (indexes, constraints, policies, triggers, owned sequences) is not dropped by name,
    unless something else that is dropped earlier is in its way.

    Args:
        schema: the schema as it was created.

    Raises:
        InputError: as for `create`.
    """
    order = ordered(schema)
    statements = [*_revokes(schema), *_parts(order)]
    owned = {item for item in schema.sequences if item.owned_by and _has_table(order, item.owned_by[:2])}
    for item in reversed(order.items):
        if item not in owned:
            statements.append(Statement(drop_sql(item), object_address(item), _kind(item)))
    for extension in reversed(extension_order(schema.extensions)):
        statements.append(Statement(drop_extension_sql(extension), address("extension", extension.name), "extension"))
    for namespace in reversed(schema.namespaces):
        statements.append(Statement(drop_namespace_sql(namespace), address("namespace", namespace.name), "namespace"))
    return tuple(statements)


def drop_sql(item: Object) -> str:
    """DROP … for a type, sequence, function, table or view."""
    if isinstance(item, Function):
        return drop_function_sql(item)
    if isinstance(item, View):
        return drop_view_sql(item)
    words: dict[type, str] = {Table: "TABLE", Sequence: "SEQUENCE", Domain: "DOMAIN"}
    return f"DROP {words.get(type(item), 'TYPE')} {qualified(item.schema, item.name)}"


def _kind(item: Object) -> StatementKind:
    kinds: dict[str, StatementKind] = {
        "Enum": "enum", "RangeType": "range", "Domain": "domain", "Composite": "composite", "Sequence": "sequence",
        "Function": "function", "Table": "table",
    }  # fmt: skip
    return kinds.get(type(item).__name__, "view")


def _has_table(order: Ordered, key: tuple[str, str]) -> bool:
    return any(table.key == key for table in tables_of(order))


def _revokes(schema: Schema) -> Iterator[Statement]:
    """Only for privileges on what is there before and after, such as the namespace `public`."""
    own = {namespace.name for namespace in schema.namespaces}
    for grant in reversed(schema.grants):
        kind, parts = parse(grant.address)
        if kind == "namespace" and parts[0] not in own:
            yield Statement(revoke_sql(grant), grant.address, "grant")


def _parts(order: Ordered) -> Iterator[Statement]:
    """Policies, triggers, indexes and foreign keys that hold something which is dropped before their table."""
    relations = list(reversed(relations_of(order)))
    for table in reversed(tables_of(order)):
        for policy in reversed(table.policies):
            if _holds(order, table, (policy.using, policy.check)):
                yield Statement(drop_policy_sql(table, policy), table.policy_address(policy.name), "policy")
    for relation in relations:
        for trigger in reversed(relation.triggers):
            call = f"{qualified(trigger.function_schema, trigger.function)}()"
            if _holds(order, relation, (call, trigger.when)):
                place = address("trigger", relation.schema, relation.name, trigger.name)
                yield Statement(drop_trigger_sql(relation, trigger), place, "trigger")
    for table in reversed(tables_of(order)):
        for key in reversed(table.foreign_keys):
            target = (key.target_schema, key.target_table)
            targets = {*order.names.of((Table,), *target), *order.names.partitions(*target)}
            if any(order.places[target] > order.places[node_key(table)] for target in targets):
                place = table.constraint_address(key.name)
                yield Statement(drop_constraint_sql(table, key.name), place, "foreign key")
    for relation in relations:
        for index in reversed(relation.indexes):
            if not index.attached_to and _holds(
                order, relation, [*(part.expression for part in index.parts), index.where]
            ):
                place = address("index", relation.schema, index.name)
                yield Statement(drop_index_sql(relation, index), place, "index")


def _holds(order: Ordered, relation: Table | View, texts: Iterable[str | None]) -> bool:
    """Whether a text mentions something that was created after the relation, and so is dropped before it."""
    mentioned = {key for text in texts if text for key in order.names.mentioned(scan(text))}
    return any(order.places[key] > order.places[node_key(relation)] for key in mentioned)
