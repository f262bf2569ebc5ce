"""Privileges."""

from __future__ import annotations

import re

from dbarchitect.errors import InputError
from dbarchitect.model.address import parse
from dbarchitect.model.names import qualified, quote
from dbarchitect.model.policy import Grant
from dbarchitect.sql.expression import guarded
from dbarchitect.write.sql.constraint import column_list
from dbarchitect.write.sql.policy import role_sql

_PRIVILEGE = re.compile(r"[a-z]+\Z")
_TYPES = ("enum", "domain", "type")


def grant_sql(grant: Grant) -> str:
    """GRANT …; for `public` without privileges the REVOKE of what everybody has by default.

    Raises:
        InputError: the address names nothing that privileges are given on.
    """
    columns, on = _object(grant)
    role = role_sql(grant.grantee)
    if not grant.privileges:
        return f"REVOKE ALL ON {on} FROM {role}"
    option = " WITH GRANT OPTION" if grant.grantable else ""
    return f"GRANT {_privileges(grant, columns)} ON {on} TO {role}{option}"


def revoke_sql(grant: Grant) -> str:
    """The inverse of `grant_sql`."""
    columns, on = _object(grant)
    role = role_sql(grant.grantee)
    if not grant.privileges:
        return f"GRANT ALL ON {on} TO {role}"
    return f"REVOKE {_privileges(grant, columns)} ON {on} FROM {role}"


def _privileges(grant: Grant, columns: str) -> str:
    for privilege in grant.privileges:
        if not _PRIVILEGE.match(privilege):
            raise InputError(f"not a privilege: {privilege!r}", place=grant.address)
    return ", ".join(privilege.upper() + columns for privilege in grant.privileges)


def _object(grant: Grant) -> tuple[str, str]:
    """(the column list of a column privilege, what stands after ON)."""
    kind, parts = parse(grant.address)
    if kind == "namespace":
        return "", f"SCHEMA {quote(parts[0])}"
    if kind == "column" and len(parts) == 3:
        return f" {column_list(parts[2:])}", f"TABLE {qualified(*parts[:2])}"
    if kind == "function":
        arguments = guarded(parts[2]) if len(parts) == 3 else ""
        return "", f"ROUTINE {qualified(*parts[:2])}({arguments})"
    if len(parts) == 2 and kind in ("table", "view"):
        return "", f"TABLE {qualified(*parts)}"
    if len(parts) == 2 and kind == "sequence":
        return "", f"SEQUENCE {qualified(*parts)}"
    if len(parts) == 2 and kind in _TYPES:
        return "", f"TYPE {qualified(*parts)}"
    raise InputError(f"no privileges are given on {kind}s", place=grant.address)
