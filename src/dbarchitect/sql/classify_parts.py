"""Names, types, expressions, columns and constraints of the grammar's tree as data of `sql.acts`."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from dbarchitect.sql.acts import ColumnDefinition, Constraint, ConstraintKind, Expression, Name, TypeName
from dbarchitect.sql.parser import Node

SERIALS = {
    "serial": "int4", "serial4": "int4", "bigserial": "int8", "serial8": "int8", "smallserial": "int2",
    "serial2": "int2",
}  # fmt: skip
_CONSTRAINTS: dict[str, ConstraintKind] = {
    "CONSTR_PRIMARY": "primary key", "CONSTR_UNIQUE": "unique", "CONSTR_CHECK": "check",
    "CONSTR_FOREIGN": "foreign key", "CONSTR_EXCLUSION": "exclusion", "CONSTR_NOTNULL": "not null",
}  # fmt: skip
_CALLS = {
    "SVFOP_CURRENT_DATE": "current_date", "SVFOP_CURRENT_TIMESTAMP": "now", "SVFOP_CURRENT_USER": "current_user",
}  # fmt: skip


def strings(items: Iterable[Node]) -> list[str]:
    """The texts of String nodes."""
    return [item["String"].get("sval", "") for item in items if "String" in item]


def qualified(parts: Sequence[str]) -> Name | None:
    """A dotted name; None without parts."""
    return Name(".".join(parts[:-1]) or None, parts[-1]) if parts else None


def name_of(relation: Node) -> Name:
    """The name of a RangeVar."""
    return Name(relation.get("schemaname") or None, relation.get("relname", ""))


def relations(items: Iterable[Node]) -> tuple[Name, ...]:
    """The names of RangeVars."""
    return tuple(name_of(item["RangeVar"]) for item in items if "RangeVar" in item)


def objects(items: Iterable[Node]) -> list[Name]:
    """The names of what a DROP names: lists of strings, types, functions with arguments."""
    found = []
    for item in items:
        if "List" in item:
            name = qualified(strings(item["List"].get("items", ())))
        elif "TypeName" in item:
            name = qualified(strings(item["TypeName"].get("names", ())))
        elif "ObjectWithArgs" in item:
            name = qualified(strings(item["ObjectWithArgs"].get("objname", ())))
        else:
            name = qualified(strings([item]))
        if name is not None:
            found.append(name)
    return found


def value(node: Node) -> str:
    """A constant as text."""
    if "A_Const" in node:
        constant = node["A_Const"]
        for kind in ("sval", "ival", "fval", "boolval"):
            if kind in constant:
                return str(constant[kind].get(kind, 0 if kind == "ival" else ""))
    if "Integer" in node:
        return str(node["Integer"].get("ival", 0))
    if "String" in node:
        return str(node["String"].get("sval", ""))
    return ""


def type_name(node: Node) -> TypeName:
    """A TypeName; `serial` stands for its integer type."""
    parts = strings(node.get("names", ()))
    built_in = len(parts) > 1 and parts[0] == "pg_catalog"
    if built_in:
        parts = parts[1:]
    name = qualified(parts) or Name(None, "")
    if name.schema is None and name.name in SERIALS and not built_in:
        return TypeName(Name(None, SERIALS[name.name]), built_in=True)
    arguments = tuple(map(value, node.get("typmods", ())))
    return TypeName(name, arguments, len(node.get("arrayBounds", ())), built_in)


def is_serial(node: Node) -> bool:
    """Whether a TypeName is `serial` or a relative of it."""
    parts = strings(node.get("names", ()))
    return len(parts) == 1 and parts[0] in SERIALS


def expression(node: Any) -> Expression:
    """What an expression calls and names, in the order of the text."""
    functions: dict[Name, None] = {}
    columns: dict[str, None] = {}
    stack: list[Any] = [node]
    while stack:
        item = stack.pop()
        if isinstance(item, dict):
            if "FuncCall" in item:
                name = qualified([part for part in strings(item["FuncCall"]["funcname"]) if part != "pg_catalog"])
                if name:
                    functions[name] = None
            if "SQLValueFunction" in item:
                word = str(item["SQLValueFunction"].get("op", ""))
                functions[Name(None, _CALLS.get(word, word.removeprefix("SVFOP_").lower()))] = None
            if "ColumnRef" in item:
                parts = strings(item["ColumnRef"].get("fields", ()))
                columns.update(dict.fromkeys(parts[-1:]))
            stack.extend(reversed(list(item.values())))
        elif isinstance(item, list):
            stack.extend(reversed(item))
    bare, cast = node, None
    if isinstance(node, dict) and "TypeCast" in node:
        bare, cast = node["TypeCast"].get("arg"), type_name(node["TypeCast"]["typeName"])
    is_bare = isinstance(bare, dict) and "ColumnRef" in bare
    return Expression(tuple(functions), tuple(columns), _null(node), is_bare, cast if is_bare else None)


def _null(node: Any) -> bool:
    while isinstance(node, dict) and "TypeCast" in node:
        node = node["TypeCast"].get("arg")
    return isinstance(node, dict) and bool(node.get("A_Const", {}).get("isnull"))


def constraint(node: Node, column: str | None = None) -> Constraint:
    """A Constraint node; of a column's own constraint the column."""
    kind = _CONSTRAINTS[node["contype"]]
    written = strings(node.get("fk_attrs", ()) if kind == "foreign key" else node.get("keys", ()))
    if kind == "exclusion":
        pairs = [item["List"]["items"][0]["IndexElem"] for item in node.get("exclusions", ())]
        written = [item["name"] for item in pairs if "name" in item]
    return Constraint(
        kind, node.get("conname", ""), tuple(written) or ((column,) if column else ()),
        references=name_of(node["pktable"]) if "pktable" in node else None,
        targets=tuple(strings(node.get("pk_attrs", ()))),
        index=node.get("indexname", ""), valid=not node.get("skip_validation"),
        enforced=kind not in ("check", "foreign key") or bool(node.get("is_enforced")),
        expression=expression(node["raw_expr"]) if "raw_expr" in node else Expression(),
        deferrable=bool(node.get("deferrable")),
    )  # fmt: skip


def definition(node: Node) -> ColumnDefinition:
    """A ColumnDef."""
    name = node.get("colname", "")
    default = generated = collation = None
    identity = False
    constraints = []
    for item in node.get("constraints", ()):
        found = item["Constraint"]
        kind = found["contype"]
        if kind == "CONSTR_DEFAULT":
            default = expression(found["raw_expr"])
        elif kind == "CONSTR_GENERATED":
            generated = "virtual" if found.get("generated_kind") == "v" else "stored"
            default = expression(found["raw_expr"])
        elif kind == "CONSTR_IDENTITY":
            identity = True
        elif kind in _CONSTRAINTS:
            constraints.append(constraint(found, name))
    if "collClause" in node:
        collation = strings(node["collClause"].get("collname", ()))[-1]
    written = node.get("typeName", {})
    return ColumnDefinition(
        name, type_name(written), is_serial(written), None if generated else default, identity,
        generated, collation, tuple(constraints),  # type: ignore[arg-type]
    )  # fmt: skip
