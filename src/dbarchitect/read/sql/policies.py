"""Row level security policies."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from dbarchitect.model.policy import Policy
from dbarchitect.read.sql.replay import Replay, StatementError
from dbarchitect.sql.parser import Node
from dbarchitect.sql.tokens import without_outer_parentheses

_WORDS = {
    "ROLESPEC_PUBLIC": "public", "ROLESPEC_CURRENT_USER": "current_user", "ROLESPEC_CURRENT_ROLE": "current_role",
    "ROLESPEC_SESSION_USER": "session_user",
}  # fmt: skip


def role(node: Node) -> str:
    """The name of a RoleSpec."""
    return _WORDS.get(node.get("roletype", "")) or node.get("rolename", "")


def roles(items: Sequence[Node]) -> tuple[str, ...]:
    """The names of RoleSpecs, sorted."""
    return tuple(sorted({role(item["RoleSpec"]) for item in items}))


def create_policy(replay: Replay, node: Node) -> None:
    """CREATE POLICY."""
    table = replay.known_table(node["table"])
    assert table is not None
    name = node["policy_name"]
    if name in table.policies:
        if replay.lenient:
            return
        raise StatementError(f"the table {table.name!r} has a policy {name!r} already")
    restrictive = any(lexeme.is_word("restrictive") for lexeme in replay.statement.top()[5:12])
    table.policies[name] = Policy(
        name,
        node.get("cmd_name", "all"),
        bool(node.get("permissive", not restrictive)),
        roles(node.get("roles", ())) or ("public",),
        _clause(replay, node, "qual", "using"),
        _clause(replay, node, "with_check", "check"),
    )
    replay.mark("policy", *table.key, name)


def alter_policy(replay: Replay, node: Node) -> None:
    """ALTER POLICY."""
    table = replay.known_table(node["table"])
    assert table is not None
    policy = table.policies.get(node["policy_name"])
    if policy is None:
        raise StatementError(f"the table {table.name!r} has no policy {node['policy_name']!r}")
    table.policies[policy.name] = replace(
        policy,
        roles=roles(node.get("roles", ())) or policy.roles,
        using=_clause(replay, node, "qual", "using") or policy.using,
        check=_clause(replay, node, "with_check", "check") or policy.check,
    )
    replay.mark_again("policy", *table.key, policy.name)


def _clause(replay: Replay, node: Node, field: str, word: str) -> str | None:
    if field not in node:
        return None
    written = replay.statement
    place = [lexeme for lexeme in written.top() if lexeme.is_word(word)][-1]
    return without_outer_parentheses(written.in_brackets(place.end))
