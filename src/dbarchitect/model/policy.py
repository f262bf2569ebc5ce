"""Row level security policies and privileges."""

from __future__ import annotations

from typing import Literal

from dbarchitect.records import dataclass

Command = Literal["all", "select", "insert", "update", "delete"]


@dataclass(frozen=True, slots=True)
class Policy:
    """A policy; roles are names, `public` means everybody."""

    name: str
    command: Command = "all"
    permissive: bool = True
    roles: tuple[str, ...] = ("public",)
    using: str | None = None
    check: str | None = None
    comment: str | None = None


@dataclass(frozen=True, slots=True, order=True)
class Grant:
    """Privileges of a role on one object.

    Args:
        address: the object, such as `table:public.users`, `column:public.users.email`, `namespace:app`.
        grantee: a role, or `public`.
        privileges: sorted lower-case words, such as ('insert', 'select'). None at all for the grantee `public` means
            that what PostgreSQL gives everybody by default (EXECUTE on a function) was taken back.
        grantable: WITH GRANT OPTION.
    """

    address: str
    grantee: str
    privileges: tuple[str, ...]
    grantable: bool = False
