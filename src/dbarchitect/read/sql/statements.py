"""Which function replays which statement; what is not listed changes no schema (data, transactions, maintenance)."""

from __future__ import annotations

from collections.abc import Callable

from dbarchitect.read.sql.alter import alter_table
from dbarchitect.read.sql.blocks import do_block
from dbarchitect.read.sql.comments import comment
from dbarchitect.read.sql.domains import alter_domain
from dbarchitect.read.sql.drops import drop
from dbarchitect.read.sql.grants import grant
from dbarchitect.read.sql.indexes import alter_index, create_index
from dbarchitect.read.sql.objects import (
    alter_composite,
    alter_enum,
    create_composite,
    create_domain,
    create_enum,
    create_extension,
    create_namespace,
    create_range,
    create_statistics,
)
from dbarchitect.read.sql.policies import alter_policy, create_policy
from dbarchitect.read.sql.renames import rename, set_schema
from dbarchitect.read.sql.replay import Replay, StatementError, shown
from dbarchitect.read.sql.routines import create_function, create_trigger
from dbarchitect.read.sql.sequences import alter_sequence, create_sequence
from dbarchitect.read.sql.settings import call, select, set_variable
from dbarchitect.read.sql.tables import create_table
from dbarchitect.read.sql.views import alter_view, create_table_as, create_view, refresh_view
from dbarchitect.sql.parser import Node

Handler = Callable[[Replay, Node], None]


def _alter(replay: Replay, node: Node) -> None:
    """ALTER TABLE, INDEX, VIEW, TYPE: one node of the grammar for all of them."""
    kind, relation = node.get("objtype", "OBJECT_TABLE"), node["relation"]
    schema, name = relation.get("schemaname") or None, relation.get("relname", "")
    if kind in ("OBJECT_VIEW", "OBJECT_MATVIEW"):
        alter_view(replay, node)
    elif kind == "OBJECT_TYPE":
        key = replay.lookup(replay.state.composites, schema, name)
        if key is None:
            raise StatementError(f"the type {shown(relation)} is not there")
        alter_composite(replay, key, node)
    elif kind == "OBJECT_INDEX":
        alter_index(replay, node)
    elif kind == "OBJECT_TABLE":
        table = replay.table(relation)
        if table is not None:
            alter_table(replay, table, node)
        elif replay.lookup(replay.state.views, schema, name) is not None:
            alter_view(replay, node)
        elif replay.lookup(replay.state.sequences, schema, name) is None and not node.get("missing_ok"):
            raise replay.missing(relation)


LOST = {
    "RuleStmt": "a rule", "DefineStmt": "an aggregate, operator, base type, collation or text search object",
    "CreateCastStmt": "a cast", "CreateOpClassStmt": "an operator class", "CreateOpFamilyStmt": "an operator family",
    "CreateForeignTableStmt": "a foreign table", "CreateForeignServerStmt": "a foreign server",
    "CreateFdwStmt": "a foreign data wrapper", "CreateUserMappingStmt": "a user mapping",
    "ImportForeignSchemaStmt": "foreign tables", "CreatePublicationStmt": "a publication",
    "CreateSubscriptionStmt": "a subscription", "CreateEventTrigStmt": "an event trigger",
    "CreateConversionStmt": "a conversion", "CreateTransformStmt": "a transform", "CreatePLangStmt": "a language",
    "CreateAmStmt": "an access method", "SecLabelStmt": "a security label",
    "AlterDefaultPrivilegesStmt": "default privileges",
    "AlterFunctionStmt": "what ALTER FUNCTION changes", "DropOwnedStmt": "what DROP OWNED takes away",
}  # fmt: skip
"""What a statement of a kind makes that the model has no place for."""


def _left_out(words: str) -> Handler:
    def handler(replay: Replay, node: Node) -> None:
        replay.lost(words)

    return handler


HANDLERS: dict[str, Handler] = {
    "CreateStmt": create_table,
    "AlterTableStmt": _alter,
    "IndexStmt": create_index,
    "CreateEnumStmt": create_enum,
    "AlterEnumStmt": alter_enum,
    "CompositeTypeStmt": create_composite,
    "CreateRangeStmt": create_range,
    "CreateDomainStmt": create_domain,
    "AlterDomainStmt": alter_domain,
    "CreateSchemaStmt": create_namespace,
    "CreateExtensionStmt": create_extension,
    "CreateStatsStmt": create_statistics,
    "CreateSeqStmt": create_sequence,
    "AlterSeqStmt": alter_sequence,
    "ViewStmt": create_view,
    "CreateTableAsStmt": create_table_as,
    "RefreshMatViewStmt": refresh_view,
    "CreateFunctionStmt": create_function,
    "CreateTrigStmt": create_trigger,
    "CreatePolicyStmt": create_policy,
    "AlterPolicyStmt": alter_policy,
    "DropStmt": drop,
    "CommentStmt": comment,
    "GrantStmt": grant,
    "RenameStmt": rename,
    "AlterObjectSchemaStmt": set_schema,
    "VariableSetStmt": set_variable,
    "SelectStmt": select,
    "DoStmt": do_block,
    "CallStmt": call,
    **{kind: _left_out(words) for kind, words in LOST.items()},
}
