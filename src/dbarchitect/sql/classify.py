"""What kind of statement a statement is, from PostgreSQL's own grammar; no database is asked.

An ALTER TABLE has an act for each of its commands, everything else one for each object that it names.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from dbarchitect.sql.acts import Act, Classified, Name, Object
from dbarchitect.sql.classify_alter import commands
from dbarchitect.sql.classify_parts import (
    constraint,
    definition,
    expression,
    name_of,
    objects,
    qualified,
    relations,
    strings,
    value,
)
from dbarchitect.sql.parser import Node, parse_statement

OBJECTS: dict[str, Object] = {
    "OBJECT_TABLE": "table", "OBJECT_VIEW": "view", "OBJECT_MATVIEW": "matview", "OBJECT_INDEX": "index",
    "OBJECT_SEQUENCE": "sequence", "OBJECT_TYPE": "type", "OBJECT_DOMAIN": "domain", "OBJECT_COLUMN": "column",
    "OBJECT_TABCONSTRAINT": "constraint", "OBJECT_TRIGGER": "trigger", "OBJECT_POLICY": "policy",
    "OBJECT_SCHEMA": "schema", "OBJECT_FUNCTION": "function", "OBJECT_PROCEDURE": "function",
    "OBJECT_ROUTINE": "function", "OBJECT_AGGREGATE": "function", "OBJECT_RULE": "rule",
    "OBJECT_EXTENSION": "extension", "OBJECT_STATISTIC_EXT": "statistics", "OBJECT_PUBLICATION": "publication",
    "OBJECT_DATABASE": "database", "OBJECT_FOREIGN_TABLE": "foreign table", "OBJECT_DOMCONSTRAINT": "domain",
    "OBJECT_ATTRIBUTE": "type",
}  # fmt: skip
_OF_TABLES = ("trigger", "policy", "rule")
LOCK_MODES = (
    "", "ACCESS SHARE", "ROW SHARE", "ROW EXCLUSIVE", "SHARE UPDATE EXCLUSIVE", "SHARE", "SHARE ROW EXCLUSIVE",
    "EXCLUSIVE", "ACCESS EXCLUSIVE",
)  # fmt: skip


def classify(statement: str | Node) -> Classified:
    """What a statement does.

    Args:
        statement: its text, or its tree as `sql.parser` gives it.

    Raises:
        SqlSyntaxError: the text is no SQL, or several statements.
    """
    node = parse_statement(statement) if isinstance(statement, str) else statement
    ((kind, fields),) = node.items()
    function = _KINDS.get(kind)
    acts = tuple(function(fields)) if function else (Act("other", "other", option=kind),)
    return Classified(kind, acts)


def _alter(node: Node) -> Iterator[Act]:
    return commands(node, OBJECTS.get(node.get("objtype", ""), "table"))


def _create_table(node: Node) -> Iterator[Act]:
    elements = list(node.get("tableElts", ()))
    columns = tuple(definition(item["ColumnDef"]) for item in elements if "ColumnDef" in item)
    constraints = [constraint(item["Constraint"]) for item in elements if "Constraint" in item]
    parents = relations(node.get("inhRelations", ()))
    likes = tuple(name_of(item["TableLikeClause"]["relation"]) for item in elements if "TableLikeClause" in item)
    yield Act(
        "create table", "table", name_of(node["relation"]), definitions=columns,
        constraints=(*(item for column in columns for item in column.constraints), *constraints),
        related=(*parents, *likes), missing_ok=bool(node.get("if_not_exists")),
        option="partition" if "partbound" in node else "inherits" if parents else
        "temporary" if node["relation"].get("relpersistence") == "t" else "",
    )  # fmt: skip


def _create_as(node: Node) -> Iterator[Act]:
    made: Object = OBJECTS.get(node.get("objtype", ""), "table")
    yield Act("create table as", made, name_of(node["into"]["rel"]), related=_read(node.get("query", {})))


def _index(node: Node) -> Iterator[Act]:
    parts = node.get("indexParams", ())
    columns = tuple(part["IndexElem"].get("name", "") for part in parts)
    yield Act(
        "create index", "table", name_of(node["relation"]), part=node.get("idxname", ""), columns=columns,
        unique=bool(node.get("unique")), concurrently=bool(node.get("concurrent")),
        missing_ok=bool(node.get("if_not_exists")), only=not node["relation"].get("inh", False),
        condition="whereClause" in node, option=node.get("accessMethod", "btree"),
    )  # fmt: skip


def _drop(node: Node) -> Iterator[Act]:
    kind: Object = OBJECTS.get(node["removeType"], "other")
    for item in objects(node.get("objects", ())):
        name, part = (Name(item.schema, item.name), "")
        if kind in _OF_TABLES and item.schema is not None:
            table = item.schema.rpartition(".")
            name, part = Name(table[0] or None, table[2]), item.name
        yield Act(
            f"drop {kind}", kind, name, part=part, concurrently=bool(node.get("concurrent")),
            missing_ok=bool(node.get("missing_ok")), cascade=node.get("behavior") == "DROP_CASCADE",
        )  # fmt: skip


def _rename(node: Node) -> Iterator[Act]:
    kind: Object = OBJECTS.get(node["renameType"], "other")
    if "relation" in node:
        name: Name | None = name_of(node["relation"])
    else:
        name = qualified(strings(node.get("object", {}).get("List", {}).get("items", ()))) or Name(
            None, node.get("subname", "")
        )
    owner = OBJECTS.get(node.get("relationType", ""), kind) if kind == "column" else kind
    yield Act(f"rename {kind}", owner, name, part=node.get("subname", ""), new=node.get("newname", ""))


def _set_schema(node: Node) -> Iterator[Act]:
    kind: Object = OBJECTS.get(node["objectType"], "other")
    name = name_of(node["relation"]) if "relation" in node else None
    yield Act("set schema", kind, name, new=node.get("newschema", ""))


def _truncate(node: Node) -> Iterator[Act]:
    for name in relations(node.get("relations", ())):
        yield Act("truncate", "table", name, cascade=node.get("behavior") == "DROP_CASCADE")


def _write(action: str) -> Callable[[Node], Iterator[Act]]:
    def function(node: Node) -> Iterator[Act]:
        name = name_of(node["relation"])
        related = tuple(item for item in _read(node) if item != name)
        yield Act(action, "table", name, related=related, condition="whereClause" in node, columns=_written(node))
        for item in node.get("withClause", {}).get("ctes", ()):
            ((kind, fields),) = item["CommonTableExpr"]["ctequery"].items()
            if kind in _KINDS and kind != "SelectStmt":
                yield from _KINDS[kind](fields)

    return function


def _written(node: Node) -> tuple[str, ...]:
    targets = node.get("targetList") or node.get("cols") or ()
    return tuple(item["ResTarget"].get("name", "") for item in targets if "ResTarget" in item)


def _select(node: Node) -> Iterator[Act]:
    called = expression({"list": node.get("targetList", ())}).functions
    for name in called:
        if name.name in ("setval", "set_config", "pg_advisory_lock"):
            yield Act(name.name, "other")
    yield Act("select", "other", related=_read(node), option="for update" if "lockingClause" in node else "")
    for item in node.get("withClause", {}).get("ctes", ()):
        ((kind, fields),) = item["CommonTableExpr"]["ctequery"].items()
        if kind in _KINDS and kind != "SelectStmt":
            yield from _KINDS[kind](fields)


def _copy(node: Node) -> Iterator[Act]:
    if "relation" in node:
        yield Act("copy from" if node.get("is_from") else "copy to", "table", name_of(node["relation"]))


def _read(node: object) -> tuple[Name, ...]:
    """The relations that a query names, each once; the names of its own WITH left out."""
    found: dict[Name, None] = {}
    own: set[str] = set()
    stack: list[object] = [node]
    while stack:
        item = stack.pop()
        if isinstance(item, dict):
            if "RangeVar" in item:
                found[name_of(item["RangeVar"])] = None
            if "CommonTableExpr" in item:
                own.add(item["CommonTableExpr"].get("ctename", ""))
            stack.extend(reversed(list(item.values())))
        elif isinstance(item, list):
            stack.extend(reversed(item))
    return tuple(name for name in found if name.schema or name.name not in own)


def _vacuum(node: Node) -> Iterator[Act]:
    words = {item["DefElem"]["defname"] for item in node.get("options", ())}
    action = "analyze" if not node.get("is_vacuumcmd") else "vacuum full" if "full" in words else "vacuum"
    names: list[Name | None] = [name_of(item["VacuumRelation"]["relation"]) for item in node.get("rels", ())]
    for name in names or [None]:
        yield Act(action, "table", name)


def _cluster(node: Node) -> Iterator[Act]:
    name = name_of(node["relation"]) if "relation" in node else None
    yield Act("cluster", "table", name, part=node.get("indexname", ""))


def _reindex(node: Node) -> Iterator[Act]:
    words = {item["DefElem"]["defname"] for item in node.get("params", ())}
    kind = node.get("kind", "")
    name = name_of(node["relation"]) if "relation" in node else Name(None, node.get("name", ""))
    made: Object = "index" if kind.endswith("INDEX") else "table" if kind.endswith("TABLE") else "schema"
    yield Act("reindex", made, name, concurrently="concurrently" in words)


def _refresh(node: Node) -> Iterator[Act]:
    option = "no data" if node.get("skipData") else ""
    yield Act("refresh", "matview", name_of(node["relation"]), concurrently=bool(node.get("concurrent")), option=option)


def _trigger(node: Node) -> Iterator[Act]:
    related = (name_of(node["constrrel"]),) if "constrrel" in node else ()
    yield Act("create trigger", "table", name_of(node["relation"]), part=node.get("trigname", ""), related=related)


def _policy(action: str) -> Callable[[Node], Iterator[Act]]:
    def function(node: Node) -> Iterator[Act]:
        yield Act(action, "table", name_of(node["table"]), part=node.get("policy_name", ""))

    return function


def _enum(node: Node) -> Iterator[Act]:
    name = qualified(strings(node.get("typeName", ())))
    if "oldVal" in node:
        yield Act("rename value", "type", name, part=node["oldVal"], new=node.get("newVal", ""))
    else:
        yield Act(
            "add value", "type", name, part=node.get("newVal", ""), missing_ok=bool(node.get("skipIfNewValExists")),
            option="placed" if "newValNeighbor" in node else "",
        )  # fmt: skip


_DOMAIN = {
    "T": "set default", "N": "drop not null", "O": "set not null", "C": "add constraint", "X": "drop constraint",
    "V": "validate constraint",
}  # fmt: skip


def _alter_domain(node: Node) -> Iterator[Act]:
    added = constraint(node["def"]["Constraint"]) if node.get("subtype") == "C" else None
    yield Act(
        _DOMAIN.get(node.get("subtype", ""), "other"), "domain", qualified(strings(node.get("typeName", ()))),
        part=node.get("name", ""), constraint=added,
    )  # fmt: skip


def _create_domain(node: Node) -> Iterator[Act]:
    constraints = tuple(
        constraint(item["Constraint"])
        for item in node.get("constraints", ())
        if item["Constraint"]["contype"] in ("CONSTR_CHECK", "CONSTR_NOTNULL")
    )
    yield Act("create domain", "domain", qualified(strings(node.get("domainname", ()))), constraints=constraints)


def _create(action: str, kind: Object, field: str) -> Callable[[Node], Iterator[Act]]:
    def function(node: Node) -> Iterator[Act]:
        found = node.get(field)
        name = name_of(found) if isinstance(found, dict) else qualified(strings(found or ()))
        option = "or replace" if node.get("replace") else ""
        yield Act(action, kind, name, related=_read(node.get("query", {})), option=option)

    return function


def _function(node: Node) -> Iterator[Act]:
    words = {item["DefElem"]["defname"]: item["DefElem"].get("arg") for item in node.get("options", ())}
    volatility = (words.get("volatility") or {}).get("String", {}).get("sval", "volatile")
    name = qualified(strings(node.get("funcname", ())))
    definer = bool((words.get("security") or {}).get("Boolean", {}).get("boolval"))
    settings = words.get("set") or {}
    pinned = settings.get("VariableSetStmt", {}).get("name") == "search_path"
    option = " ".join(
        word for word, on in (("or replace", node.get("replace")), ("definer", definer), ("pinned", pinned)) if on
    )
    yield Act("create function", "function", name, new=str(volatility), option=option)


def _statistics(node: Node) -> Iterator[Act]:
    for name in relations(node.get("relations", ())):
        yield Act("create statistics", "table", name)


def _publication(node: Node) -> Iterator[Act]:
    found = [item["PublicationObjSpec"].get("pubtable", {}) for item in node.get("pubobjects", ())]
    names: list[Name | None] = [name_of(item["relation"]) for item in found if "relation" in item]
    for name in names or [None]:
        yield Act("publish", "table", name)


def _comment(node: Node) -> Iterator[Act]:
    kind: Object = OBJECTS.get(node["objtype"], "other")
    items = strings(node.get("object", {}).get("List", {}).get("items", ()))
    if kind in ("column", "trigger", "policy", "constraint", "rule"):
        yield Act("comment", kind, qualified(items[:-1]), part=items[-1] if items else "")
    else:
        yield Act("comment", kind, qualified(items))


def _set(node: Node) -> Iterator[Act]:
    words = ", ".join(value(item) for item in node.get("args", ()))
    yield Act(
        "set", "other", part=node.get("name", ""), new=words, option="local" if node.get("is_local") else "session"
    )


def _transaction(node: Node) -> Iterator[Act]:
    yield Act("transaction", "other", option=str(node["kind"]).removeprefix("TRANS_STMT_").lower())


def _lock(node: Node) -> Iterator[Act]:
    for name in relations(node.get("relations", ())):
        yield Act("lock", "table", name, option=LOCK_MODES[node.get("mode", 8)])


def _grant(node: Node) -> Iterator[Act]:
    action = "grant" if node.get("is_grant") else "revoke"
    kind: Object = OBJECTS.get(node.get("objtype", ""), "other")
    found = node.get("objects", ())
    names: Iterable[Name | None] = relations(found) or (None,)
    grantees = [item["RoleSpec"] for item in node.get("grantees", ()) if "RoleSpec" in item]
    public = any(item.get("roletype") == "ROLESPEC_PUBLIC" for item in grantees)
    option = " ".join(word for word, on in (("all", not node.get("privileges")), ("public", public)) if on)
    for name in names:
        yield Act(action, kind, name, option=option)


def _sequence(node: Node) -> Iterator[Act]:
    words = " ".join(item["DefElem"]["defname"] for item in node.get("options", ()))
    yield Act("alter sequence", "sequence", name_of(node["sequence"]), option=words)


def _rule(node: Node) -> Iterator[Act]:
    yield Act("create rule", "table", name_of(node["relation"]), part=node.get("rulename", ""))


def _do(node: Node) -> Iterator[Act]:
    yield Act("do", "other")


def _database(action: str) -> Callable[[Node], Iterator[Act]]:
    def function(node: Node) -> Iterator[Act]:
        yield Act(action, "database", Name(None, node.get("dbname", "")))

    return function


_KINDS: dict[str, Callable[[Node], Iterator[Act]]] = {
    "AlterTableStmt": _alter, "CreateStmt": _create_table, "CreateTableAsStmt": _create_as, "IndexStmt": _index,
    "DropStmt": _drop, "RenameStmt": _rename, "AlterObjectSchemaStmt": _set_schema, "TruncateStmt": _truncate,
    "InsertStmt": _write("insert"), "UpdateStmt": _write("update"), "DeleteStmt": _write("delete"),
    "MergeStmt": _write("merge"), "CopyStmt": _copy, "SelectStmt": _select, "VacuumStmt": _vacuum,
    "ClusterStmt": _cluster, "ReindexStmt": _reindex, "RefreshMatViewStmt": _refresh, "CreateTrigStmt": _trigger,
    "CreatePolicyStmt": _policy("create policy"), "AlterPolicyStmt": _policy("alter policy"), "AlterEnumStmt": _enum,
    "AlterDomainStmt": _alter_domain, "CreateDomainStmt": _create_domain,
    "CreateEnumStmt": _create("create enum", "type", "typeName"),
    "CompositeTypeStmt": _create("create type", "type", "typevar"),
    "CreateRangeStmt": _create("create type", "type", "typeName"),
    "CreateSeqStmt": _create("create sequence", "sequence", "sequence"),
    "ViewStmt": _create("create view", "view", "view"), "CreateFunctionStmt": _function,
    "CreateStatsStmt": _statistics, "CreatePublicationStmt": _publication, "CommentStmt": _comment,
    "VariableSetStmt": _set, "TransactionStmt": _transaction, "LockStmt": _lock, "GrantStmt": _grant,
    "AlterSeqStmt": _sequence, "RuleStmt": _rule, "DoStmt": _do, "DropdbStmt": _database("drop database"),
    "CreatedbStmt": _database("create database"),
}  # fmt: skip
