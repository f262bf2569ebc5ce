"""A migration file cut into statements, each with the way in which it can be run and resumed."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from functools import lru_cache
from typing import Literal

from dbarchitect.errors import InputError, RefusedError
from dbarchitect.read.migrations.folder import MARK, Migration
from dbarchitect.records import dataclass
from dbarchitect.sql.classify_parts import objects
from dbarchitect.sql.parser import Node, Parsed, SqlSyntaxError, parse_scripts
from dbarchitect.sql.quote import BREAKPOINT

_BEFORE = re.compile(r"(?:\s+|--[^\n]*(?:\n|\Z)|/\*.*?\*/)+", re.DOTALL)
_ENDS = re.compile(r"\b(?:commit|rollback)(?:\s+and\s+(?:no\s+)?chain)?\s*;", re.IGNORECASE)
_NOWHERE = {
    "CreatedbStmt": "CREATE DATABASE",
    "DropdbStmt": "DROP DATABASE",
    "CreateTableSpaceStmt": "CREATE TABLESPACE",
    "DropTableSpaceStmt": "DROP TABLESPACE",
}
_ALONE = {"CallStmt", "AlterSystemStmt", "CreateSubscriptionStmt", "DropSubscriptionStmt"}

Way = Literal["together", "alone", "session"]


@dataclass(frozen=True, slots=True)
class Target:
    """What a CONCURRENTLY statement leaves half done when it is killed.

    Args:
        act: what the statement does.
        schema: of the index or table as written; None where the search path decides.
        name: of the index or table.
        table: the (schema, name) of the indexed table, or of the partition that goes.
        missing_ok: it says IF NOT EXISTS.
    """

    act: Literal["create index", "drop index", "reindex index", "reindex table", "detach"]
    schema: str | None
    name: str
    table: tuple[str | None, str] | None = None
    missing_ok: bool = False


@dataclass(frozen=True, slots=True)
class Statement:
    """One statement of a file.

    Args:
        text: as written, without its semicolon and without what stands before it.
        line: where it begins, 1-based.
        way: `together` with its bookkeeping in one transaction; `alone` because PostgreSQL runs it in none; `session`
            for a setting that only lasts as long as the connection.
        target: what to look for when it was interrupted.
        source: what stands between two breakpoints, trimmed: what the emitted migrate.ts has of it, too.
    """

    text: str
    line: int
    way: Way = "together"
    target: Target | None = None
    source: str = ""

    @property
    def title(self) -> str:
        """Its beginning, on one line."""
        words = " ".join(self.text.split())
        return words if len(words) <= 80 else f"{words[:79]}…"


@lru_cache(maxsize=1024)
def statements(migration: Migration) -> tuple[Statement, ...]:
    """The statements of a migration; Drizzle's migrator cuts a file at `--> statement-breakpoint`.

    Raises:
        RefusedError: it cannot be run, with the line and the reason: it is no SQL that PostgreSQL understands, needs
            to run without a transaction and does not say so, or has transactions of its own.
    """
    text, file, alone, breakpoints = migration.up, migration.place, migration.alone, migration.drizzle
    found: list[Statement] = []
    offset = 0
    for chunk in text.split(BREAKPOINT) if breakpoints else [text]:
        line = text.count("\n", 0, offset) + 1
        made = list(_of_chunk(chunk, line, file))
        if alone and breakpoints and len(made) > 1:
            raise RefusedError(
                f"{made[1][1].title!r} follows another statement without a breakpoint",
                place=f"{file}:{made[1][1].line}",
                hint=f"In a file without a transaction put `{BREAKPOINT}` between all statements.",
            )
        found += [_checked(node, statement, file, alone=alone) for node, statement in _unwrapped(made, breakpoints)]
        offset += len(chunk) + len(BREAKPOINT)
    return tuple(found)


def _of_chunk(chunk: str, line: int, file: str) -> Iterator[tuple[Node, Statement]]:
    (parsed,) = parse_scripts([chunk])
    if isinstance(parsed, InputError):
        where = line
        if isinstance(parsed, SqlSyntaxError) and parsed.offset is not None:
            where += chunk.count("\n", 0, parsed.offset)
        raise RefusedError(
            f"this is no SQL that PostgreSQL understands: {parsed.message}",
            place=f"{file}:{where}",
            hint="Nothing was applied. Mend the file; psql's own commands and rows of COPY are no SQL.",
        )
    raw = chunk.encode()
    for item in parsed:
        yield item.node, _written(raw, item, line)


def _written(raw: bytes, item: Parsed, line: int) -> Statement:
    text = raw[item.start : item.end].decode()
    before = _BEFORE.match(text)
    skipped = before.end() if before else 0
    lines = raw[: item.start].decode().count("\n") + text.count("\n", 0, skipped)
    return Statement(text[skipped:].rstrip(), line + lines, source=raw.decode().strip())


def _unwrapped(made: list[tuple[Node, Statement]], breakpoints: bool) -> list[tuple[Node, Statement]]:
    """Without the BEGIN and COMMIT around a whole plain file, which say what we do anyway."""
    if breakpoints or len(made) < 2:
        return made
    first, last = (made[place][0].get("TransactionStmt", {}).get("kind") for place in (0, -1))
    if first in ("TRANS_STMT_BEGIN", "TRANS_STMT_START") and last == "TRANS_STMT_COMMIT":
        return made[1:-1]
    return made


def _checked(node: Node, statement: Statement, file: str, *, alone: bool) -> Statement:
    """The statement with its way; refuses what does not go with the file's mode."""
    kind, body = next(iter(node.items()))
    place = f"{file}:{statement.line}"
    if kind == "TransactionStmt":
        hint = f"Take it out; a file runs as one transaction, or statement by statement when it begins with `{MARK}`."
        raise RefusedError(f"the file has transactions of its own: {statement.title}", place=place, hint=hint)
    if kind in _NOWHERE:
        raise RefusedError(f"{_NOWHERE[kind]} belongs to no migration", place=place, hint="Run it by hand before.")
    if kind == "CopyStmt" and body.get("is_from") and "filename" not in body:
        raise RefusedError("COPY FROM stdin needs rows that SQL cannot carry", place=place, hint="Write INSERTs.")
    if alone and kind == "VariableSetStmt" and body.get("name") in ("role", "session_authorization"):
        hint = "Nothing was applied. Put what needs the role into a file that runs as one transaction."
        raise RefusedError(f"a file without a transaction keeps its role: {statement.title}", place=place, hint=hint)
    target = _target(kind, body)
    if target is None and not _needs_none(kind, body):
        session = kind == "VariableSetStmt" and not body.get("is_local")
        return replace(statement, way="session") if session and alone else statement
    if not alone:
        if kind == "CallStmt":
            return statement
        hint = f"Put it into a file of its own that begins with `{MARK}`."
        raise RefusedError(f"PostgreSQL runs this in no transaction: {statement.title}", place=place, hint=hint)
    if target is not None and not target.name:
        hint = "Name it, so that a second run finds what the first one left."
        raise RefusedError(f"the index has no name: {statement.title}", place=place, hint=hint)
    return replace(statement, way="alone", target=target)


def _needs_none(kind: str, body: Node) -> bool:
    """Whether a statement cannot run in a transaction, or ends transactions itself."""
    if kind in _ALONE or (kind == "ClusterStmt" and "relation" not in body):
        return True
    if kind == "VacuumStmt":
        return bool(body.get("is_vacuumcmd"))
    if kind == "ReindexStmt":
        return body["kind"] in ("REINDEX_OBJECT_SCHEMA", "REINDEX_OBJECT_DATABASE", "REINDEX_OBJECT_SYSTEM")
    if kind == "DoStmt":
        bodies = [item["DefElem"]["arg"] for item in body["args"] if item["DefElem"]["defname"] == "as"]
        return any(_ENDS.search(item.get("String", {}).get("sval", "")) for item in bodies)
    return False


def _target(kind: str, body: Node) -> Target | None:
    """What a CONCURRENTLY statement works on; None for all other statements."""
    if kind == "IndexStmt" and body.get("concurrent"):
        table = _relation(body["relation"])
        return Target("create index", table[0], body.get("idxname", ""), table, bool(body.get("if_not_exists")))
    if kind == "DropStmt" and body.get("concurrent"):
        index = objects(body["objects"])[0]
        return Target("drop index", index.schema, index.name)
    words = {item["DefElem"]["defname"] for item in body.get("params", ())} if kind == "ReindexStmt" else set()
    if "concurrently" in words and "relation" in body:
        schema, name = _relation(body["relation"])
        return Target("reindex index" if body["kind"] == "REINDEX_OBJECT_INDEX" else "reindex table", schema, name)
    for item in body.get("cmds", ()) if kind == "AlterTableStmt" else ():
        part = item["AlterTableCmd"].get("def", {}).get("PartitionCmd", {})
        if part.get("concurrent"):
            schema, name = _relation(body["relation"])
            return Target("detach", schema, name, _relation(part["name"]))
    return None


def _relation(node: Node) -> tuple[str | None, str]:
    return node.get("schemaname"), node["relname"]
