"""Row level security policies in a table's extra configuration."""

from __future__ import annotations

from dbarchitect.model.policy import Policy
from dbarchitect.model.table import Table
from dbarchitect.write.drizzle.expressions import sql_template
from dbarchitect.write.drizzle.imports import ORM, Imports
from dbarchitect.write.drizzle.layout import Arr, Call, Node, Obj, Raw
from dbarchitect.write.drizzle.naming import Names
from dbarchitect.write.drizzle.typescript import string


def policy_extra(table: Table, policy: Policy, names: Names, imports: Imports) -> Node:
    """`pgPolicy('name', { as, for, to, using, withCheck })`."""
    columns = names.table(table).columns
    entries: list[tuple[str, Node]] = [
        ("as", Raw(string("permissive" if policy.permissive else "restrictive"))),
        ("for", Raw(string(policy.command))),
        ("to", _roles(policy.roles)),
    ]
    for key, expression in (("using", policy.using), ("withCheck", policy.check)):
        if expression is not None:
            imports.add(ORM, "sql")
            entries.append((key, Raw(sql_template(expression, columns))))
    return Call(imports.core("pgPolicy"), [Raw(string(policy.name)), Obj(entries, expanded=True)])


def _roles(roles: tuple[str, ...]) -> Node:
    if len(roles) == 1:
        return Raw(string(roles[0]))
    return Arr([Raw(string(role)) for role in roles])
