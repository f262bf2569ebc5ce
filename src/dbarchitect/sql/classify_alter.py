"""The commands of ALTER TABLE (INDEX, VIEW, SEQUENCE, TYPE) as acts."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from dbarchitect.sql.acts import Act, Object
from dbarchitect.sql.classify_parts import constraint, definition, expression, name_of, strings, type_name
from dbarchitect.sql.parser import Node

ACTIONS = {
    "AT_AddColumn": "add column", "AT_DropColumn": "drop column", "AT_ColumnDefault": "set default",
    "AT_SetNotNull": "set not null", "AT_DropNotNull": "drop not null", "AT_AlterColumnType": "set type",
    "AT_AddIdentity": "add identity", "AT_SetIdentity": "set identity", "AT_DropIdentity": "drop identity",
    "AT_DropExpression": "drop expression", "AT_SetExpression": "set expression",
    "AT_AddConstraint": "add constraint", "AT_DropConstraint": "drop constraint",
    "AT_ValidateConstraint": "validate constraint", "AT_AlterConstraint": "alter constraint",
    "AT_SetStatistics": "set statistics", "AT_SetStorage": "set storage", "AT_SetCompression": "set compression",
    "AT_SetOptions": "set column options", "AT_ResetOptions": "set column options",
    "AT_SetRelOptions": "set options", "AT_ResetRelOptions": "set options", "AT_SetLogged": "set logged",
    "AT_SetUnLogged": "set unlogged", "AT_SetAccessMethod": "set access method",
    "AT_SetTableSpace": "set tablespace", "AT_ClusterOn": "cluster on", "AT_DropCluster": "cluster on",
    "AT_EnableTrig": "switch trigger", "AT_EnableAlwaysTrig": "switch trigger",
    "AT_EnableReplicaTrig": "switch trigger", "AT_DisableTrig": "switch trigger",
    "AT_EnableTrigAll": "switch trigger", "AT_DisableTrigAll": "switch trigger",
    "AT_EnableTrigUser": "switch trigger", "AT_DisableTrigUser": "switch trigger",
    "AT_EnableRule": "switch rule", "AT_DisableRule": "switch rule", "AT_EnableAlwaysRule": "switch rule",
    "AT_EnableReplicaRule": "switch rule", "AT_EnableRowSecurity": "row security",
    "AT_DisableRowSecurity": "row security", "AT_ForceRowSecurity": "row security",
    "AT_NoForceRowSecurity": "row security", "AT_ReplicaIdentity": "replica identity", "AT_AddInherit": "inherit",
    "AT_DropInherit": "no inherit", "AT_AttachPartition": "attach partition",
    "AT_DetachPartition": "detach partition", "AT_DetachPartitionFinalize": "finalize detach",
    "AT_ChangeOwner": "owner", "AT_AddOf": "of type", "AT_DropOf": "of type",
}  # fmt: skip


def commands(node: Node, kind: Object) -> Iterator[Act]:
    """An act for each command.

    Args:
        node: the fields of an AlterTableStmt.
        kind: what is altered.
    """
    relation = node["relation"]
    for item in node.get("cmds", ()):
        command = item["AlterTableCmd"]
        subtype = str(command["subtype"])
        act = Act(
            ACTIONS.get(subtype, "other"), kind, name_of(relation), part=command.get("name", ""),
            missing_ok=bool(command.get("missing_ok")), cascade=command.get("behavior") == "DROP_CASCADE",
            only=not relation.get("inh", False), option=subtype.removeprefix("AT_"),
        )  # fmt: skip
        yield _filled(act, command.get("def", {}))


def _filled(act: Act, given: Node) -> Act:
    if act.action == "add column":
        column = definition(given["ColumnDef"]) if "ColumnDef" in given else None
        return replace(act, column=column, part=column.name if column else "")
    if act.action == "set default":
        return replace(act, default=expression(given)) if given else replace(act, action="drop default")
    if act.action == "set expression":
        return replace(act, default=expression(given))
    if act.action == "set type":
        column = given["ColumnDef"]
        using = expression(column["raw_default"]) if "raw_default" in column else None
        collation = strings(column["collClause"]["collname"])[-1] if "collClause" in column else None
        return replace(act, type=type_name(column["typeName"]), using=using, collation=collation)
    if act.action == "add constraint":
        added = constraint(given["Constraint"])
        return replace(act, constraint=added, part=added.name)
    if act.action == "alter constraint":
        change = given["ATAlterConstraint"]
        known = ("alterEnforceability", "alterDeferrability", "alterInheritability")
        words = [word for word in known if word in change]
        option = " ".join((*words, "enforced" if change.get("is_enforced") else ""))
        return replace(act, part=change.get("conname", ""), option=option.strip())
    if act.action in ("attach partition", "detach partition", "finalize detach"):
        partition = given["PartitionCmd"]
        default = bool(partition.get("bound", {}).get("is_default"))
        return replace(
            act, related=(name_of(partition["name"]),), concurrently=bool(partition.get("concurrent")),
            option="default" if default else "",
        )  # fmt: skip
    if act.action in ("inherit", "no inherit"):
        return replace(act, related=(name_of(given["RangeVar"]),))
    if act.action == "set options":
        names = sorted(item["DefElem"]["defname"] for item in given.get("List", {}).get("items", ()))
        return replace(act, columns=tuple(names))
    if act.action == "replica identity":
        found = given.get("ReplicaIdentityStmt", {})
        return replace(act, option=str(found.get("identity_type", "d")), new=str(found.get("name", "")))
    return act
