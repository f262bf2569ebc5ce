"""Types of the user's own, namespaces, extensions, statistics."""

from __future__ import annotations

from dataclasses import replace

from dbarchitect.model.names import object_name, qualified
from dbarchitect.model.schema import Composite, Domain, Enum, ExtendedStatistics, Extension, Namespace, RangeType
from dbarchitect.model.types import SqlType
from dbarchitect.read.catalog import reference_name
from dbarchitect.read.sql.columns import collation, default_text
from dbarchitect.read.sql.domains import domain_check
from dbarchitect.read.sql.drafts import TableDraft
from dbarchitect.read.sql.naming import joined
from dbarchitect.read.sql.options import value
from dbarchitect.read.sql.replay import Replay, StatementError
from dbarchitect.read.sql.source import Written
from dbarchitect.read.sql.types import names
from dbarchitect.sql.parser import Node


def create_enum(replay: Replay, node: Node) -> None:
    """CREATE TYPE … AS ENUM."""
    key = replay.new_name(node["typeName"])
    if refuse_known_type(replay, key):
        replay.state.enums[key] = Enum(*key, tuple(names(node.get("vals", ()))))
        replay.mark("enum", *key)


def refuse_known_type(replay: Replay, key: tuple[str, str]) -> bool:
    """Whether a type of that name can be made; False where what is there may stay."""
    if not replay.state.type_schema(*key):
        return True
    if replay.lenient:
        return False
    raise StatementError(f"the type {key[1]!r} is there already")


def alter_enum(replay: Replay, node: Node) -> None:
    """ALTER TYPE … ADD VALUE and RENAME VALUE."""
    key = replay.key_of(replay.state.enums, names(node["typeName"]))
    if key is None:
        raise StatementError(f"the enum {'.'.join(names(node['typeName']))} is not there")
    enum = replay.state.enums[key]
    labels = list(enum.labels)
    new = node.get("newVal", "")
    if "oldVal" in node:
        if node["oldVal"] not in labels or new in labels:
            raise StatementError(f"the enum {enum.name!r} has no label {node['oldVal']!r}, or {new!r} already")
        labels[labels.index(node["oldVal"])] = new
    elif new in labels:
        if node.get("skipIfNewValExists") or replay.lenient:
            return
        raise StatementError(f"the enum {enum.name!r} has a label {new!r} already")
    elif "newValNeighbor" in node:
        if node["newValNeighbor"] not in labels:
            raise StatementError(f"the enum {enum.name!r} has no label {node['newValNeighbor']!r}")
        labels.insert(labels.index(node["newValNeighbor"]) + bool(node.get("newValIsAfter")), new)
    else:
        labels.append(new)
    replay.state.enums[key] = replace(enum, labels=tuple(labels))
    replay.mark_again("enum", *key)


def create_composite(replay: Replay, node: Node) -> None:
    """CREATE TYPE … AS (…)."""
    key = replay.new_key(node["typevar"])
    if refuse_known_type(replay, key):
        attributes = []
        for item in node.get("coldeflist", ()):
            definition = item["ColumnDef"]
            attributes.append((definition["colname"], replay.type(definition["typeName"])))
            if "collClause" in definition:
                replay.lost(f"collation of the attribute {'.'.join(key)}.{definition['colname']}")
        replay.state.composites[key] = Composite(*key, tuple(attributes))
        replay.mark("type", *key)


def alter_composite(replay: Replay, key: tuple[str, str], node: Node) -> None:
    """ALTER TYPE … ADD, DROP, ALTER ATTRIBUTE."""
    attributes: dict[str, SqlType] = dict(replay.state.composites[key].attributes)
    for item in node.get("cmds", ()):
        command = item["AlterTableCmd"]
        definition = command.get("def", {}).get("ColumnDef", {})
        if command["subtype"] == "AT_AddColumn":
            attributes[definition["colname"]] = replay.type(definition["typeName"])
        elif command["subtype"] == "AT_DropColumn":
            attributes.pop(command["name"], None)
        elif command["subtype"] == "AT_AlterColumnType" and command["name"] in attributes:
            attributes[command["name"]] = replay.type(definition["typeName"])
    replay.state.composites[key] = replace(replay.state.composites[key], attributes=tuple(attributes.items()))
    replay.mark_again("type", *key)


def create_range(replay: Replay, node: Node) -> None:
    """CREATE TYPE … AS RANGE."""
    key = replay.new_name(node["typeName"])
    if not refuse_known_type(replay, key):
        return
    range_ = RangeType(*key, SqlType("text"))
    for item in node.get("params", ()):
        element = item["DefElem"]
        type_name = element.get("arg", {}).get("TypeName", {})
        dotted = names(type_name.get("names", ()))
        reference = reference_name(dotted[-2] if len(dotted) > 1 else "pg_catalog", dotted[-1]) if dotted else None
        match element["defname"].lower():
            case "subtype":
                range_ = replace(range_, subtype=replay.type(type_name))
            case "collation":
                range_ = replace(range_, collation=reference)
            case "subtype_opclass":
                range_ = replace(range_, opclass=reference)
            case "multirange_type_name":
                place = dotted[-2] if len(dotted) > 1 else replay.here
                multirange = dotted[-1] if place == key[0] else qualified(place, dotted[-1])
                range_ = replace(range_, multirange=multirange)
            case _:
                replay.lost(f"canonical or subtype difference function of the range {'.'.join(key)}")
    replay.state.ranges[key] = range_
    replay.mark("type", *key)


def create_domain(replay: Replay, node: Node) -> None:
    """CREATE DOMAIN."""
    key = replay.new_name(node["domainname"])
    if not refuse_known_type(replay, key):
        return
    domain = Domain(*key, replay.type(node["typeName"]), collation=collation(node.get("collClause")))
    nodes = [item["Constraint"] for item in node.get("constraints", ())]
    starts = [replay.statement.at(item.get("location", 0)) for item in nodes]
    for item, start in zip(nodes, starts, strict=True):
        limit = min((stop for stop in starts if stop > start), default=None)
        if item["contype"] == "CONSTR_NOTNULL":
            domain = replace(domain, nullable=False)
        elif item["contype"] == "CONSTR_DEFAULT":
            text = replay.statement.expression(replay.statement.after_word(start, "default"), limit)
            domain = replace(domain, default=default_text(text, item))
        elif item["contype"] == "CONSTR_CHECK":
            check = domain_check(replay, domain, item, start, limit)
            domain = replace(domain, checks=(*domain.checks, check))
    replay.state.domains[key] = domain
    replay.mark("domain", *key)


def create_namespace(replay: Replay, node: Node) -> None:
    """CREATE SCHEMA."""
    name = node.get("schemaname") or node.get("authrole", {}).get("rolename", "")
    if name in replay.state.namespaces or name == "public":
        if node.get("if_not_exists") or replay.lenient or name == "public":
            return
        raise StatementError(f"the schema {name!r} is there already")
    replay.state.namespaces[name] = Namespace(name)
    replay.mark("namespace", name)
    path, written = replay.path, replay.statement
    replay.path = [name, *path]
    for element in node.get("schemaElts", ()):
        replay.run(Written(written.file, element, written.start, written.end, written.at))
    replay.path, replay.statement = path, written


def create_extension(replay: Replay, node: Node) -> None:
    """CREATE EXTENSION."""
    name = node["extname"]
    if name == "plpgsql":
        return
    if name in replay.state.extensions:
        if node.get("if_not_exists") or replay.lenient:
            return
        raise StatementError(f"the extension {name!r} is there already")
    options = {item["DefElem"]["defname"]: value(item["DefElem"]) for item in node.get("options", ())}
    schema = options.get("schema", replay.here)
    replay.state.extensions[name] = Extension(name, schema, options.get("new_version"))
    replay.mark("extension", name)


def create_statistics(replay: Replay, node: Node) -> None:
    """CREATE STATISTICS."""
    relation = node["relations"][0].get("RangeVar", {})
    table = replay.known_table(relation)
    assert table is not None
    dotted = names(node.get("defnames", ()))
    definition = replay.statement.text
    if dotted:
        key = replay.new_name(node["defnames"])
    else:
        key = (table.schema, _statistics_name(replay, table, node))
        word = next(lexeme for lexeme in replay.statement.lexemes if lexeme.is_word("statistics"))
        head = word.end - replay.statement.start
        definition = f"{definition[:head]} {qualified(*key)}{definition[head:]}"
    if key in replay.state.statistics:
        if node.get("if_not_exists") or replay.lenient:
            return
        raise StatementError(f"the statistics {key[1]!r} are there already")
    replay.state.statistics[key] = ExtendedStatistics(*key, definition)
    replay.mark("statistics", *key)


def _statistics_name(replay: Replay, table: TableDraft, node: Node) -> str:
    """The name that PostgreSQL makes up (ChooseExtendedStatisticName in its statscmds.c)."""
    words = joined(item["StatsElem"].get("name") or "expr" for item in node.get("exprs", ()))
    number = 0
    while True:
        name = object_name(table.name, words, f"stat{number or ''}")
        if (table.schema, name) not in replay.state.statistics:
            return name
        number += 1
