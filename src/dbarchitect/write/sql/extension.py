"""Extensions and namespaces."""

from __future__ import annotations

from collections.abc import Iterable

from dbarchitect.model.names import quote
from dbarchitect.model.schema import Extension, Namespace
from dbarchitect.sql.quote import literal

_FIRST = frozenset(("cube", "hstore", "ltree", "plperl", "plperlu", "plpython3u", "postgis", "vector"))
"""Extensions that others build on."""


def namespace_sql(namespace: Namespace) -> str:
    """CREATE SCHEMA."""
    return f"CREATE SCHEMA {quote(namespace.name)}"


def drop_namespace_sql(namespace: Namespace) -> str:
    """DROP SCHEMA."""
    return f"DROP SCHEMA {quote(namespace.name)}"


def extension_sql(extension: Extension) -> str:
    """CREATE EXTENSION IF NOT EXISTS: on most servers an administrator has installed it before."""
    version = f" VERSION {literal(extension.version)}" if extension.version else ""
    return f"CREATE EXTENSION IF NOT EXISTS {quote(extension.name)} WITH SCHEMA {quote(extension.schema)}{version}"


def drop_extension_sql(extension: Extension) -> str:
    """DROP EXTENSION."""
    return f"DROP EXTENSION {quote(extension.name)}"


def extension_order(extensions: Iterable[Extension]) -> list[Extension]:
    """By name, those that others build on before them."""
    return sorted(extensions, key=lambda extension: (extension.name not in _FIRST, extension.name))
