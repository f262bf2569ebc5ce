"""Proof of what joins a project: its types, and its tables on top of the project's own on a real PostgreSQL."""

from __future__ import annotations

import json
import re
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from dbarchitect.api.joining.companion import Companion
from dbarchitect.api.joining.schema import Joint
from dbarchitect.engines import toolchain
from dbarchitect.engines import toolchain_diagnostics as diagnostics
from dbarchitect.engines import toolchain_tools as tools
from dbarchitect.facts.lookup import Lookup
from dbarchitect.model.claim import Claim, Proof
from dbarchitect.model.codec import content_hash
from dbarchitect.model.schema import Schema
from dbarchitect.model.table import Table
from dbarchitect.progress import report
from dbarchitect.prove.context import first_line
from dbarchitect.prove.verdict import failed, proved, unproved
from dbarchitect.read.drizzle.project import Project
from dbarchitect.records import dataclass
from dbarchitect.settings import Settings

if TYPE_CHECKING:
    from dbarchitect.engines.postgres import Database, Server

TYPES = "The schema files compile, the new ones under strict settings too."
APPLIES = "What drizzle-kit generates applies on top of the project's own schema."
KEPT = "drizzle-kit changes nothing of the tables that were there."
COLUMNS = "The new tables have the columns and keys of the design."
_EXTENSIONS = ("vector", "citext", "hstore", "ltree", "pg_trgm", "btree_gist", "btree_gin", "pgcrypto")
_OURS = {
    "strict": True, "noUncheckedIndexedAccess": True, "exactOptionalPropertyTypes": True, "module": "Preserve",
    "moduleResolution": "bundler", "target": "ESNext", "skipLibCheck": True, "noEmit": True, "types": ["bun"],
    "allowImportingTsExtensions": True,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Joined:
    """What is proved.

    Args:
        before: the project as it is.
        after: the project as it will be, read from `copy`.
        copy: a scratch copy with the changes, whose packages resolve.
        own_packages: whether those are the project's own.
        joint: what is there and what is new.
        companion: SQL around the kit's.
        originals: the old text of each changed file.
    """

    before: Project
    after: Project
    copy: Path
    own_packages: bool
    joint: Joint
    companion: Companion
    originals: dict[str, str]


def prove_joined(joined: Joined, settings: Settings, server: Server) -> Proof:
    """Check every claim about what joins a project.

    Args:
        joined: the project before and after.
        settings: with the project's line.
        server: the PostgreSQL to prove it on.
    """
    report("proving")
    claims = [*_types(joined), *_database(joined, settings, server)]
    return Proof(
        schema_hash=content_hash(Schema(tables=joined.joint.fresh, enums=joined.joint.enums)),
        drizzle=settings.drizzle,
        postgres=server.version,
        profile=settings.profile,
        claims=tuple(sorted(claims, key=lambda claim: (claim.kind, claim.id))),
    )


def _types(joined: Joined) -> Iterator[Claim]:
    """Tsc over the schema files, with the project's options where its packages are there, and with ours."""
    problems, options = _compiled(joined)
    if problems:
        known = _known_problems(joined, options)
        problems = [text for text in problems if _sense(text) not in known]
    if problems:
        yield failed("types", None, TYPES, problems[0], options=options, problems=problems[:20])
    else:
        yield proved("types", None, TYPES, command="tsc --noEmit", options=options)


def _compiled(joined: Joined) -> tuple[list[str], str]:
    own = joined.copy / "tsconfig.json"
    if joined.own_packages and own.is_file():
        problems = _tsc(joined, {"extends": "./tsconfig.json", "compilerOptions": {"noEmit": True}})
        if not any("TS5" in text.split(" ")[0] or text.startswith(("tsconfig", "TS")) for text in problems):
            return problems, "the project's"
    return _tsc(joined, {"compilerOptions": _OURS}), "ours"


def _tsc(joined: Joined, config: dict[str, object]) -> list[str]:
    line = joined.after.line
    paths = {*(file.path for file in joined.after.files), *joined.originals}
    files = sorted(path for path in paths if re.search(r"\.[cm]?tsx?\Z", path))
    path = joined.copy / "tsconfig.dbarchitect.json"
    path.write_text(json.dumps({**config, "files": files, "include": []}), encoding="utf-8")
    finished = tools.typecheck(toolchain.install(line), joined.copy, path.name, timeout=180)
    path.unlink()
    return [str(problem) for problem in diagnostics.of_typescript(finished)]


def _known_problems(joined: Joined, options: str) -> set[str]:
    """What the compiler says of the project as it was; and of a module that is not installed, wherever it is used."""
    changed = {path: (joined.copy / path).read_bytes() for path in joined.originals}
    added = [file.path for file in joined.after.files if joined.before.file(file.path) is None]
    moved = {path: (joined.copy / path).read_bytes() for path in added}
    try:
        for path, text in joined.originals.items():
            (joined.copy / path).write_bytes(text.encode())
        for path in moved:
            (joined.copy / path).write_text("export {}\n", encoding="utf-8")
        config: dict[str, object] = {"compilerOptions": _OURS}
        if options != "ours":
            config = {"extends": "./tsconfig.json", "compilerOptions": {"noEmit": True}}
        return {_sense(text) for text in _tsc(joined, config)}
    finally:
        for path, content in {**changed, **moved}.items():
            (joined.copy / path).write_bytes(content)


def _sense(problem: str) -> str:
    """A problem without its line, and a missing module without its file."""
    if "TS2307" in problem or "TS7016" in problem:
        return problem.partition(" TS")[2] or problem
    return re.sub(r":\d+:\d+:", ":", problem)


def _database(joined: Joined, settings: Settings, server: Server) -> Iterator[Claim]:
    import psycopg

    old, new = _kit(joined)
    owner = server.role("owner")
    with server.database(owner=owner) as database:
        _install_extensions(database, old)
        with database.connect(owner) as connection:
            try:
                for statement in old:
                    connection.execute(statement.encode())
            except psycopg.Error as error:
                reason = f"the schema that is there cannot be built by itself: {first_line(error)}"
                yield unproved("joined_migration", None, APPLIES, reason, sql=new)
                return
        before = _tables(database)
        with database.connect(owner) as connection:
            for statement in (*joined.companion.before, *new, *joined.companion.after):
                try:
                    connection.execute(statement.encode())
                except psycopg.Error as error:
                    reason = f"{first_line(error)} in: {statement[:200]}"
                    yield failed("joined_migration", None, APPLIES, reason, sql=new)
                    return
        yield proved("joined_migration", None, APPLIES, statements=len(new), sql=new)
        after = _tables(database)
    del settings
    changed = [key for key, table in before.items() if after.get(key) != table]
    if changed:
        reason = f"{changed[0][1]} is not what it was; drizzle-kit would run: {_about(new, changed[0][1])}"
        yield failed("joined_kept", None, KEPT, reason, sql=new)
    else:
        yield proved("joined_kept", None, KEPT, tables=len(before))
    yield from _as_designed(joined.joint.fresh, after)
    yield from _indexes(joined.joint.fresh, after)


def _kit(joined: Joined) -> tuple[list[str], list[str]]:
    """drizzle-kit's SQL for the schema that is there, and for what is added, from the bundles of both."""
    with tempfile.TemporaryDirectory(prefix="dbarchitect-kit-") as name:
        folder = Path(name).resolve()
        (folder / "before.js").write_text(joined.before.bundle, encoding="utf-8")
        (folder / "after.js").write_text(joined.after.bundle, encoding="utf-8")
        casing = json.dumps({"casing": joined.before.casing} if joined.before.casing else {})
        (folder / "drizzle.config.ts").write_text(f"export default {casing}\n", encoding="utf-8")
        project = toolchain.Project(folder, joined.before.line)
        with project.link():
            old = project.kit_snapshot(schema="before.js")
            new = project.kit_snapshot(old.snapshot, schema="after.js")
    return old.statements, new.statements


def _install_extensions(database: Database, statements: Sequence[str]) -> None:
    """What the project's own migrations must have installed: extensions whose types and operators it uses."""
    import contextlib

    import psycopg

    whole = "\n".join(statements)
    words = {name: rf"\b{name}\b" for name in _EXTENSIONS} | {"pg_trgm": r"\bg(?:in|ist)_trgm_ops\b"}
    with database.connect() as connection:
        for name in _EXTENSIONS:
            if re.search(words[name], whole):
                with contextlib.suppress(psycopg.Error):
                    connection.execute(f"create extension if not exists {name}".encode())


def _tables(database: Database) -> dict[tuple[str, str], Table]:
    from dbarchitect.read.database import read

    with database.connect() as connection:
        return {table.key: table for table in read(connection).schema.tables}


def _as_designed(fresh: Sequence[Table], after: dict[tuple[str, str], Table]) -> Iterator[Claim]:
    for table in fresh:
        made = after.get(table.key)
        if made is None:
            reason = f"drizzle-kit makes no table {table.name}: drizzle.config does not see its file"
            yield failed("joined_tables", table.address, COLUMNS, reason)
            continue
        wanted = {c.name: (c.type.sql(), c.nullable) for c in table.columns}
        found = {c.name: (c.type.sql(), c.nullable) for c in made.columns}
        keys = {(k.columns, k.target_table, k.target_columns, k.on_delete, k.set_columns) for k in table.foreign_keys}
        got = {(k.columns, k.target_table, k.target_columns, k.on_delete, k.set_columns) for k in made.foreign_keys}
        indexes = {index.name for index in table.indexes} - {index.name for index in made.indexes}
        if wanted != found:
            column = next(name for name in {**wanted, **found} if wanted.get(name) != found.get(name))
            reason = f"{table.name}.{column} is {found.get(column)}, designed as {wanted.get(column)}"
            yield failed("joined_tables", table.address, COLUMNS, reason)
        elif keys != got or indexes:
            missing = sorted(indexes) or [str(key) for key in keys ^ got]
            yield failed("joined_tables", table.address, COLUMNS, f"{table.name} differs in {missing[0]}")
        else:
            yield proved("joined_tables", table.address, COLUMNS, columns=len(found), foreign_keys=len(keys))


def _indexes(fresh: Sequence[Table], after: dict[tuple[str, str], Table]) -> Iterator[Claim]:
    lookup = Lookup(Schema(tables=tuple(after.values())))
    names = {table.key for table in fresh}
    for reference in lookup.references:
        if reference.child.key not in names:
            continue
        columns = reference.foreign_key.columns
        statement = f"{reference.child.name} finds its rows by ({', '.join(columns)}) without reading the whole table."
        index = lookup.index_for(reference.child, columns)
        if index:
            yield proved("foreign_key_index", reference.address, statement, index=index.name)
        else:
            reason = f"no index of {reference.child.name} starts with {', '.join(columns)}"
            yield failed("foreign_key_index", reference.address, statement, reason)


def _about(statements: Sequence[str], table: str) -> str:
    return next((text[:200] for text in statements if f'"{table}"' in text), "nothing that names it")
