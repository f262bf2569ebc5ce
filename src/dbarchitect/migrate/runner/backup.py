"""A dump of the database before something is lost, and the proof that it holds every row.

pg_dump may end well and hold no rows: with row level security switched on it dumps what its role sees. So the dump is
refused where policies hold for the role, and its rows are counted and compared with the tables, in one snapshot.
"""

from __future__ import annotations

import os
import re
import subprocess
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from psycopg import sql

from dbarchitect import progress
from dbarchitect.engines import child
from dbarchitect.engines.postgres_binaries import ask, candidates
from dbarchitect.errors import EngineError, InputError, RefusedError
from dbarchitect.records import dataclass

if TYPE_CHECKING:
    import psycopg

LONGEST = 7 * 24 * 3600.0
_VERSION = re.compile(r"\) (\d+)")
_COPY = re.compile(rb"COPY ((?:[^\" (]|\"(?:[^\"]|\"\")*\")+) (?:\(.*\) )?FROM stdin;$")
_NAME = re.compile(r'"((?:[^"]|"")*)"|([^."]+)')
_TABLES = """
    select n.nspname, c.relname, pg_catalog.row_security_active(c.oid)
      from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace
     where c.relkind = 'r' and c.relpersistence <> 't'
       and n.nspname !~ '^pg_' and n.nspname <> 'information_schema'
       and exists (select from pg_catalog.pg_attribute a where a.attrelid = c.oid and a.attnum > 0
                      and not a.attisdropped and a.attgenerated = '')
       and not exists (select from pg_catalog.pg_depend d where d.objid = c.oid and d.deptype = 'e'
                          and d.classid = 'pg_catalog.pg_class'::pg_catalog.regclass)
     order by 1, 2"""

Name = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Backup:
    """A dump that holds every row.

    Args:
        file: where it lies.
        rows: how many rows of how many tables it holds, counted in the file.
        tables: how many tables.
        version: of pg_dump.
    """

    file: str
    rows: int
    tables: int
    version: int


def back_up(connection: psycopg.Connection[Any], file: Path, programs: Path | None = None) -> Backup:
    """Dump a database into a file that did not exist, in the custom format, or as SQL when it is called *.sql.

    Args:
        connection: to the database, in autocommit mode.
        file: the file; it appears when it is whole.
        programs: the folder of pg_dump and pg_restore; None for ours, else those on PATH.

    Raises:
        InputError: the file is there already or cannot be written.
        RefusedError: policies hide rows from the role.
        EngineError: no pg_dump is new enough, it failed, or the dump holds other rows than the tables.
    """
    if file.exists():
        raise InputError(
            f"the file {str(file)!r} is there already", hint="A backup overwrites nothing: name a new file."
        )
    if not file.parent.is_dir():
        raise InputError(f"there is no folder {str(file.parent)!r} for the backup", hint="Make it first.")
    folder, version = (programs, 0) if programs else find(connection.info.server_version // 10_000)
    part = file.with_name(f".{file.name}.part")
    try:
        with connection.transaction():
            connection.execute("set transaction isolation level repeatable read, read only")
            connection.execute("set local row_security = off")
            connection.execute("set local statement_timeout = 0")
            there = _counted(connection)
            row = connection.execute("select pg_catalog.pg_export_snapshot()").fetchone()
            assert row is not None
            progress.report(f"dumping {len(there)} tables")
            _dump(connection, folder, part, str(row[0]))
        progress.report("counting the rows of the dump")
        _compare(there, _rows(folder, part))
        part.replace(file)
    except OSError as error:
        raise InputError(f"the backup cannot be written: {error.strerror}", hint="Name another file.") from None
    finally:
        part.unlink(missing_ok=True)
    return Backup(str(file), sum(there.values()), len(there), version)


def find(least: int) -> tuple[Path, int]:
    """The folder of a pg_dump that is at least as new as the server, and its version.

    Raises:
        EngineError: there is none.
    """
    seen = []
    for folder, origin, _ in candidates():
        try:
            answer = _VERSION.search(ask(folder / "pg_dump"))
        except (OSError, subprocess.SubprocessError):
            continue
        version = int(answer[1]) if answer else 0
        if version >= least and (folder / "pg_restore").exists():
            return folder, version
        seen.append(f"{version} ({origin})")
    raise EngineError(
        f"the server is PostgreSQL {least}, and no pg_dump here is that new: {', '.join(seen) or 'there is none'}",
        hint=f"Put pg_dump {least} or later on PATH, or back up by other means and say --without-backup.",
    )


def _counted(connection: psycopg.Connection[Any]) -> dict[Name, int]:
    """The number of rows of each table."""
    found = connection.execute(_TABLES).fetchall()
    hidden = [f"{schema}.{name}" for schema, name, active in found if active]
    if hidden:
        more = f" and {len(hidden) - 1} more" if len(hidden) > 1 else ""
        raise RefusedError(
            f"row level security hides rows of {hidden[0]}{more} from the role {connection.info.user!r}: "
            "its backup would lack them",
            hint="Nothing was applied. Give an alias whose role has BYPASSRLS or is a superuser, "
            "or back up by other means and say --without-backup.",
        )
    counts = {}
    for schema, name, _ in found:
        row = connection.execute(
            sql.SQL("select count(*) from only {}").format(sql.Identifier(schema, name))
        ).fetchone()
        assert row is not None
        counts[schema, name] = int(row[0])
    return counts


def _dump(connection: psycopg.Connection[Any], folder: Path, part: Path, snapshot: str) -> None:
    form = "plain" if part.name.endswith(".sql.part") else "custom"
    os.close(os.open(part, os.O_CREAT | os.O_TRUNC | os.O_WRONLY, 0o600))
    command = [str(folder / "pg_dump"), f"--format={form}", f"--file={part}", f"--snapshot={snapshot}", "--no-password"]
    with _service(connection) as environment:
        finished = child.run(command, cwd=Path.cwd(), env=environment, timeout=LONGEST)
    if not finished.ok:
        said = [line for line in finished.stderr.splitlines() if "connection to server" not in line]
        raise EngineError(
            f"pg_dump failed: {said[0].removeprefix('pg_dump: error: ') if said else 'it cannot connect'}",
            hint="Nothing was applied.",
        )


@contextmanager
def _service(connection: psycopg.Connection[Any]) -> Iterator[dict[str, str]]:
    """An environment in which libpq's programs reach the same database; the address is in no list of processes."""
    info = connection.info
    known = {
        **info.get_parameters(), "host": info.host, "port": str(info.port), "user": info.user, "dbname": info.dbname,
        "password": info.password,
    }  # fmt: skip
    left_out = {"service", "servicefile", "application_name", "client_encoding"}
    lines = [f"{key}={value}" for key, value in sorted(known.items()) if value and key not in left_out]
    with tempfile.TemporaryDirectory(prefix="dbarchitect-dump-") as scratch:
        file = Path(scratch) / "service"
        file.touch(mode=0o600)
        file.write_text("\n".join(("[dbarchitect]", *lines, "")), encoding="utf-8")
        kept = {key: value for key, value in os.environ.items() if key != "PGOPTIONS"}
        yield {**kept, "PGSERVICEFILE": str(file), "PGSERVICE": "dbarchitect"}


def _rows(folder: Path, part: Path) -> dict[Name, int]:
    """The number of rows of each table in a dump, read from its first byte to its last."""
    if part.name.endswith(".sql.part"):
        with part.open("rb") as stream:
            return _copied(stream)
    command = [str(folder / "pg_restore"), "--data-only", "--file=-", str(part)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as running:
        assert running.stdout is not None
        found = _copied(running.stdout)
    if running.returncode:
        raise EngineError("pg_restore cannot read the dump that was just made", hint="Nothing was applied.")
    return found


def _copied(stream: IO[bytes] | Iterable[bytes]) -> dict[Name, int]:
    found: dict[Name, int] = {}
    table: Name | None = None
    for line in stream:
        if table is not None:
            if line == b"\\.\n":
                table = None
            else:
                found[table] += 1
        elif line.startswith(b"COPY "):
            match = _COPY.match(line.rstrip(b"\n"))
            if match is not None:
                table = _named(match[1].decode())
                found[table] = 0
    return found


def _named(written: str) -> Name:
    parts = [quoted.replace('""', '"') if quoted else bare for quoted, bare in _NAME.findall(written)]
    return parts[0], parts[-1]


def _compare(there: Mapping[Name, int], dumped: Mapping[Name, int]) -> None:
    wrong = [name for name in sorted(there) if dumped.get(name, 0) != there[name]]
    if wrong:
        schema, name = wrong[0]
        more = f" (and {len(wrong) - 1} more tables)" if len(wrong) > 1 else ""
        raise EngineError(
            f"the dump is short: it holds {dumped.get(wrong[0], 0)} of the {there[wrong[0]]} rows of "
            f"{schema}.{name}{more}",
            hint="Nothing was applied, and the dump was removed. Does its role see all rows?",
        )
