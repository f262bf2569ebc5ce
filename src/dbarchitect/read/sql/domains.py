"""Checks of domains, and ALTER DOMAIN."""

from __future__ import annotations

from dataclasses import replace

from dbarchitect.model.constraint import Check
from dbarchitect.model.schema import Domain
from dbarchitect.read.sql.columns import default_text
from dbarchitect.read.sql.naming import constraint_name
from dbarchitect.read.sql.replay import Replay, StatementError
from dbarchitect.read.sql.types import names
from dbarchitect.sql.parser import Node
from dbarchitect.sql.tokens import without_outer_parentheses


def domain_check(replay: Replay, domain: Domain, node: Node, start: int, limit: int | None = None) -> Check:
    """The check of a domain, its place noted."""
    text = replay.statement.in_brackets(replay.statement.after_word(start, "check"))
    name = node.get("conname") or constraint_name(replay.state, domain.schema, domain.name, None, "check")
    replay.state.constraint_names[domain.schema, name] += 1
    replay.mark("constraint", domain.schema, domain.name, name, start=start, limit=limit)
    return Check(name, without_outer_parentheses(text), validated=not node.get("skip_validation"))


def alter_domain(replay: Replay, node: Node) -> None:
    """ALTER DOMAIN; the subtypes are those of PostgreSQL's AlterDomainStmt."""
    key = replay.key_of(replay.state.domains, names(node["typeName"]))
    if key is None:
        raise StatementError(f"the domain {'.'.join(names(node['typeName']))} is not there")
    domain = replay.state.domains[key]
    kind, name = node.get("subtype"), node.get("name", "")
    if kind == "T":
        text = None
        if "def" in node:
            written = replay.statement
            text = written.expression(written.after_word(written.start, "default"))
            text = default_text(text, {"raw_expr": node["def"]})
        domain = replace(domain, default=text)
    elif kind in ("N", "O"):
        domain = replace(domain, nullable=kind == "N")
    elif kind == "C":
        domain = _add(replay, domain, node["def"]["Constraint"])
    elif kind in ("X", "V"):
        if name not in {check.name for check in domain.checks}:
            if node.get("missing_ok") or replay.lenient:
                return
            raise StatementError(f"the domain {domain.name!r} has no constraint {name!r}")
        domain = _dropped(replay, domain, name) if kind == "X" else _validated(domain, name)
    replay.state.domains[key] = domain
    replay.mark_again("domain", *key)


def _add(replay: Replay, domain: Domain, node: Node) -> Domain:
    if node["contype"] == "CONSTR_NOTNULL":
        return replace(domain, nullable=False)
    check = domain_check(replay, domain, node, replay.statement.at(node.get("location", 0)))
    return replace(domain, checks=(*domain.checks, check))


def _dropped(replay: Replay, domain: Domain, name: str) -> Domain:
    replay.state.constraint_names[domain.schema, name] -= 1
    replay.forget("constraint", domain.schema, domain.name, name)
    return replace(domain, checks=tuple(check for check in domain.checks if check.name != name))


def _validated(domain: Domain, name: str) -> Domain:
    checks = (replace(check, validated=True) if check.name == name else check for check in domain.checks)
    return replace(domain, checks=tuple(checks))
