"""`migrate check`: the hazards of a migrations folder, as findings of a review."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from dbarchitect.api.applying import migrations_folder
from dbarchitect.errors import InputError, RefusedError
from dbarchitect.migrate import certificates, checking, faults, hazard_catalogue
from dbarchitect.migrate.walk import Options
from dbarchitect.migrate.way_back import Down
from dbarchitect.model.finding import Evidence, Finding, Fix, Review
from dbarchitect.model.plan import Hazard
from dbarchitect.model.source import Position, Span
from dbarchitect.progress import report
from dbarchitect.read.migrations.folder import Folder, Migration
from dbarchitect.read.migrations.reader import form_of
from dbarchitect.read.sql import folder as sql_folder
from dbarchitect.records import dataclass
from dbarchitect.review import ignores

if TYPE_CHECKING:
    from dbarchitect.model.statistics import Statistics

ORDER = {"error": 0, "warning": 1, "info": 2}


@dataclass(frozen=True, slots=True)
class Choices:
    """What one check is asked for.

    Args:
        postgres: the major version that the migrations are for; None for 18, or the database's own.
        database: `db:ALIAS` of the database that they will meet: its figures weigh the hazards, and only what it has
            not applied is looked at.
        since: `git:REF`, or the name of a migration: what is there at REF, or stands before the migration and itself,
            counts as applied.
        allow: codes and names of hazards that are accepted.
        all: look at migrations that the database has applied, too.
    """

    postgres: int | None = None
    database: str | None = None
    since: str | None = None
    allow: tuple[str, ...] = ()
    all: bool = False


@dataclass(frozen=True)
class CheckedFolder:
    """What a check hands back.

    Args:
        review: the findings, as a review has them.
        texts: the files, by relative path.
        statements: how many were looked at or replayed.
        pending: the files that were looked at.
    """

    review: Review
    texts: Mapping[str, str]
    statements: int
    pending: tuple[str, ...]


def run(source: str | None, choices: Choices) -> CheckedFolder:
    """See `dbarchitect.api.check_migrations`."""
    base = Path.cwd()
    _known(choices.allow)
    folder = _given(source)
    items = sql_folder.named(folder, base)
    texts = {name: sql_folder.with_newlines(item.sql or "") for name, item in items.items()}
    statistics, applied, found = None, frozenset[str](), list[Hazard]()
    version = choices.postgres
    if choices.database:
        report("reading the database")
        statistics, applied, found, server = _database(choices.database, folder, base)
        version = version or server
    if choices.since:
        applied |= _since(choices.since, folder, items)
    report("checking")
    only = frozenset(texts) - (frozenset() if choices.all else applied)
    first = frozenset(name for name, item in items.items() if item in faults.founding(folder))
    batches = (frozenset(texts) - applied,) if choices.database or choices.since else (first,)
    downs = {name: Down(*given) for name, given in sql_folder.ways_back(folder, base).items()}
    options = Options(
        version or 18, statistics, folder.drizzle, only, batches=batches, downs=downs if folder.texts else None
    )
    checked = checking.check({name: sql_folder.with_newlines(item.up) for name, item in items.items()}, options)
    found += checked.hazards
    if folder.drizzle:
        found += faults.of_folder(folder, base)
        if choices.database:
            found += faults.together([name for name in texts if name in only], checked.hazards)
    if folder.texts:
        found += certificates.of_folder(Path(folder.place), items, only)
    hazards = checking.allowed(found, choices.allow)
    shown = {**texts, **{down.file: down.text for down in downs.values() if down.file not in texts}}
    findings, count = _kept([finding(item) for item in hazards], shown)
    problems = (*(() if folder.drizzle else sql_folder.problems(folder, base)), *checked.problems)
    summary = _summary(findings, len(texts), checked.tables, count, len(found) - len(hazards))
    pending = tuple(name for name in texts if name in only)
    return CheckedFolder(Review(findings, problems, summary), shown, checked.statements, pending)


def _since(since: str, folder: Folder, items: Mapping[str, Migration]) -> frozenset[str]:
    """The files that are applied where one stands at a commit or after a migration."""
    if since.startswith("git:"):
        from dbarchitect.api import source_git

        there = source_git.texts(since, Path(folder.place))
        return frozenset(name for name, item in items.items() if item.path in there)
    names = list(items)
    called = {word: name for name, item in items.items() for word in (name, item.name, item.title, item.path)}
    if since not in called:
        import difflib

        near = difflib.get_close_matches(since, called, n=1)
        raise InputError(f"no migration is called {since!r}", hint=f"Did you mean {near[0]}?" if near else None)
    return frozenset(names[: names.index(called[since]) + 1])


def _known(words: Sequence[str]) -> None:
    import difflib

    for word in words:
        if hazard_catalogue.known(word) is None:
            names = [text for kind in hazard_catalogue.kinds().values() for text in (kind.code, kind.name)]
            near = difflib.get_close_matches(word, names, n=1, cutoff=0.5)
            hint = f"Did you mean {near[0]}?" if near else "docs/hazards.md lists them all."
            raise InputError(f"there is no hazard {word!r}", hint=hint)


def _given(source: str | None) -> Folder:
    """The folder that is to be checked; a file, or standard input, stands for a folder that holds nothing else."""
    if source == "-":
        return Folder("sql", (Migration("stdin.sql", "stdin.sql", "stdin.sql", sys.stdin.read()),))
    path = Path(source) if source is not None else Path()
    if path.is_dir() and form_of(path) is None and not any(path.glob("*.sql")):
        inside = migrations_folder(path)
        if inside.is_dir():
            path = inside
        elif not any(path.glob("*/*.sql")):
            hint = "Give the folder of the migrations, or a file."
            raise InputError(f"there are no migrations in {str(path)!r}", hint=hint)
    return sql_folder.read_any(path, snapshots=True)


def _database(
    source: str, folder: Folder, base: Path
) -> tuple[Statistics | None, frozenset[str], list[Hazard], int | None]:
    """(figures, files that are applied, what does not fit, the server's version)."""
    from dbarchitect.api import source_database
    from dbarchitect.api.applying import _address, _connected, _delays
    from dbarchitect.migrate.runner.book import Book
    from dbarchitect.migrate.runner.folder import read_folder
    from dbarchitect.migrate.runner.foresight import foresee
    from dbarchitect.migrate.runner.standing import stand

    name = source if source.startswith("db:") else f"db:{source}"
    read = source_database.read(name, statistics=True)
    if not folder.texts:
        return read.statistics, frozenset(), [], read.postgres
    label, url = _address(name)
    try:
        strict = read_folder(Path(folder.place))
        with _connected(label, url) as connection:
            standing = stand(strict, Book(connection, strict.form))
            delays = _delays(connection, foresee(read.result.schema, standing, postgres=read.postgres or 18), standing)
    except RefusedError as error:
        lies = Hazard(
            "DZ03", "folder-lies", "error", error.message, f"file:{error.place or folder.place}", error.hint or "",
            span=_first_line(error.place, base),
        )  # fmt: skip
        return read.statistics, frozenset(), [lies], read.postgres
    pending = {item.name for item in (*standing.pending, *standing.waiting)}
    known = sql_folder.named(folder, base)
    return (
        read.statistics,
        frozenset(name for name, item in known.items() if item.name not in pending),
        list(delays),
        read.postgres,
    )


def _first_line(place: str | None, base: Path) -> Span | None:
    if place is None or not Path(place).is_file():
        return None
    start = Position(1, 1)
    return Span(_relative(Path(place), base), start, start)


def _relative(path: Path, base: Path) -> str:
    try:
        return path.resolve().relative_to(base.resolve()).as_posix()
    except ValueError:
        return path.as_posix()


def finding(hazard: Hazard) -> Finding:
    """A hazard as a finding of a review: the safe way is its help, the query that finds rows its evidence."""
    fixes = [Fix(hazard.safe, "display")] if hazard.safe else []
    if hazard.query:
        fixes.append(Fix("this finds the rows", "display", ddl=(hazard.query,)))
    evidence = Evidence("inferred", sql=hazard.query) if hazard.query else None
    return Finding(
        hazard.code, hazard.name, "fact", hazard.severity, hazard.message, hazard.address, hazard.span,
        evidence=evidence, fixes=tuple(fixes),
    )  # fmt: skip


def _kept(findings: Iterable[Finding], texts: Mapping[str, str]) -> tuple[tuple[Finding, ...], int]:
    """(the findings that no comment ignores, in the order of the history, how many are ignored)."""
    given = list(findings)
    kept, _ = ignores.split(given, ignores.find(texts, {}))
    place = {name: number for number, name in enumerate(texts)}

    def order(item: Finding) -> tuple[int, int, int, str, str]:
        span = item.span
        where = (place.get(span.file, -1), span.start.line, span.start.column) if span else (-1, 0, 0)
        return (*where, item.code, item.address)

    return tuple(sorted(kept, key=order)), len(given) - len(kept)


def _summary(findings: Sequence[Finding], files: int, tables: int, ignored: int, allowed: int) -> dict[str, int]:
    counts = {severity: sum(item.severity == severity for item in findings) for severity in ORDER}
    return {**counts, "house": 0, "fixable": 0, "unsafe": 0, "files": files, "tables": tables, "ignored": ignored,
            "baseline": 0, "allowed": allowed}  # fmt: skip
