"""Certificates that a team commits with its migrations: where they lie, and whether they still say what is so.

They lie beside the folder of the migrations, never in it: `drizzle-kit`, Prisma and other runners each have their own
idea of what a file or folder among migrations is. `drizzle/0003_add_posts.sql` has its certificate in
`.dbarchitect/certificates/drizzle/0003_add_posts.json`, and so has every folder, whoever runs it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from dbarchitect.edit.apply import write
from dbarchitect.errors import InputError
from dbarchitect.migrate.hazard import Kind
from dbarchitect.migrate.hazard_catalogue import CERTIFICATES
from dbarchitect.migrate.migrations import Migration, of_item, pasts
from dbarchitect.model import kept
from dbarchitect.model.finding import Severity
from dbarchitect.model.kept import Kept
from dbarchitect.model.plan import Hazard
from dbarchitect.model.source import Position, Span
from dbarchitect.read.migrations import folder as read

MISSING, STALE, BAD = CERTIFICATES
PLACE = ".dbarchitect/certificates"
PROVE = "`dbarchitect migrate prove --keep` proves what has no certificate that holds, and keeps what it finds."


@dataclass(frozen=True)
class Certificates:
    """The certificates of a folder.

    Args:
        found: by what the migration is called there.
        broken: why a file cannot be read, by the same name.
    """

    found: Mapping[str, Kept] = field(default_factory=dict)
    broken: Mapping[str, str] = field(default_factory=dict)

    @property
    def names(self) -> frozenset[str]:
        """The migrations that have one, readable or not."""
        return frozenset(self.found) | frozenset(self.broken)


def place(folder: Path) -> Path:
    """Where the certificates of a migrations folder lie, whether there are any or not.

    Beside it under its name; in it when it is a whole repository, beside which nothing can be committed.
    """
    whole = folder.resolve()
    return whole / PLACE if (whole / ".git").exists() else whole.parent / PLACE / whole.name


def load(folder: Path) -> Certificates:
    """The certificates of a migrations folder.

    Raises:
        InputError: a file cannot be opened.
    """
    base = place(folder)
    found: dict[str, Kept] = {}
    broken: dict[str, str] = {}
    for path in sorted(base.rglob("*.json")):
        name = path.relative_to(base).with_suffix("").as_posix()
        try:
            found[name] = kept.read(path.read_text(encoding="utf-8"))
        except OSError as error:
            raise InputError(f"the certificate cannot be read: {error.strerror}", place=str(path)) from None
        except ValueError as error:
            broken[name] = str(error)
    return Certificates(found, broken)


def save(folder: Path, made: Sequence[Kept], migrations: Sequence[Migration]) -> tuple[Path, ...]:
    """Write certificates, and remove those of migrations that are no longer in the folder.

    Args:
        folder: the migrations folder.
        made: the certificates.
        migrations: all migrations of the folder.

    Returns:
        The files that were written or removed, sorted.

    Raises:
        InputError: a file cannot be written.
    """
    base = place(folder)
    known = {migration.key for migration in migrations}
    gone = [base / f"{name}.json" for name in load(folder).names - known]
    texts = {f"{one.migration}.json": one.text() for one in made}
    try:
        for name in texts:
            (base / name).parent.mkdir(parents=True, exist_ok=True)
        for path in gone:
            path.unlink()
    except OSError as error:
        raise InputError(f"a certificate cannot be written: {error.strerror}", place=str(base)) from None
    return tuple(sorted([*gone, *(base / name for name in write(base, texts))]))


def due(migrations: Sequence[Migration], certificates: Certificates) -> frozenset[str]:
    """The migrations to prove so that every certificate holds, by name in the folder.

    A folder that keeps none begins with its last migration; one that keeps some has them from the first one on.
    """
    places = [number for number, one in enumerate(migrations) if one.key in certificates.names]
    start = places[0] if places else len(migrations) - 1
    past = pasts(migrations)
    return frozenset(
        one.key
        for number, one in enumerate(migrations)
        if number >= start and not _holds(one, past[number], certificates.found.get(one.key))
    )


def _holds(migration: Migration, past: str, own: Kept | None) -> bool:
    if own is None or own.verdict in ("failed", "unproved"):
        return False
    return (own.up, own.down, own.before) == (migration.up_digest, migration.down_digest, past)


def of_folder(folder: Path, named: Mapping[str, read.Migration], only: Collection[str]) -> list[Hazard]:
    """What is wrong with the certificates of a folder.

    Args:
        folder: the migrations folder.
        named: its migrations in order, by what findings call their files.
        only: the files that are looked at, as findings call them.

    Raises:
        InputError: a certificate cannot be opened.
    """
    certificates = load(folder)
    if not certificates.names:
        return list(none_kept([name for name in named if name in only]))
    files = {item.path: name for name, item in named.items()}
    return list(findings([of_item(item) for item in named.values()], certificates, files, only))


def none_kept(files: Sequence[str]) -> Iterator[Hazard]:
    """What is said of a folder that keeps no certificates at all: one finding, of the least weight.

    Args:
        files: those that are looked at, in order, as findings call them.
    """
    if files:
        which = "the migration has" if len(files) == 1 else f"none of {len(files)} migrations has"
        message = f"{which} no certificate" if len(files) == 1 else f"{which} a certificate"
        yield _hazard(MISSING, "info", f"{message}: nothing shows that up and down were proved", files[-1])


def findings(
    migrations: Sequence[Migration], certificates: Certificates, files: Mapping[str, str], only: Collection[str]
) -> Iterator[Hazard]:
    """What is wrong with the certificates of a folder that keeps some.

    Those before the first kept one are let be. After it, one that is missing is a warning, and so is another past; a
    text that was edited since, a proof that failed and a file that cannot be read are errors. Of certificates of
    migrations that are not there, as after a rebase, one warning speaks for all.

    Args:
        migrations: all of them, in order.
        certificates: those that are kept.
        files: what findings call the files, by the path in the folder.
        only: the files that are looked at, as findings call them.
    """
    past = pasts(migrations)
    first = next((n for n, one in enumerate(migrations) if one.key in certificates.names), len(migrations))
    moved: list[Migration] = []
    unproved: list[Migration] = []
    for number, one in enumerate(migrations):
        file, own = files[one.file], certificates.found.get(one.key)
        if file not in only or number < first:
            continue
        if one.key in certificates.broken:
            message = f"the certificate of {one.name} cannot be read: {certificates.broken[one.key]}"
            yield _hazard(STALE, "error", message, file)
        elif own is None:
            yield _hazard(MISSING, "warning", f"{one.name} has no certificate", file)
        elif edited := _edited(one, own):
            yield _hazard(STALE, "error", f"{edited} of {one.name} was edited after it was proved", file)
        else:
            moved += [one] if own.before != past[number] else []
            unproved += [one] if own.verdict == "unproved" else []
            yield from _said(one, own, file)
    if moved:
        message = f"what runs before {moved[0].name} is not what ran before it when it was proved{_so(moved)}"
        yield _hazard(STALE, "warning", message, files[moved[0].file])
    if unproved:
        reason = certificates.found[unproved[0].key].reason
        message = f"{unproved[0].name} stayed unproved: {reason}{_so(unproved)}"
        yield _hazard(BAD, "warning", message, files[unproved[0].file])
    gone = sorted(certificates.names - {one.key for one in migrations})
    if gone and migrations:
        more = f" and {len(gone) - 1} more" if len(gone) > 1 else ""
        message = f"there is a certificate of {gone[0]}{more}, and no such migration"
        yield _hazard(STALE, "warning", message, files[migrations[-1].file])


def _so(several: Sequence[Migration]) -> str:
    """What one finding says of those after the first."""
    return f"; and so for {len(several) - 1} after it" if len(several) > 1 else ""


def _edited(migration: Migration, own: Kept) -> str | None:
    """Which way is not the one that was proved."""
    if own.up != migration.up_digest:
        return "the up step"
    return "the way back" if own.down != migration.down_digest else None


def _said(migration: Migration, own: Kept, file: str) -> Iterator[Hazard]:
    """What the certificate itself says against a migration."""
    if own.verdict == "failed":
        yield _hazard(BAD, "error", f"the proof of {migration.name} failed: {own.reason}", file)
    elif own.verdict == "lossy" and migration.down is not None and migration.declared is None:
        lost = ", ".join(address.partition(":")[2] for address in own.loses)
        message = f"the way back of {migration.name} does not give everything back and does not say so"
        safe = f"Begin it with `-- lossy: {lost or 'what is lost'}`, and prove it again."
        yield _hazard(BAD, "warning", message, file, safe)


def _hazard(kind: Kind, severity: Severity, message: str, file: str, safe: str = PROVE) -> Hazard:
    start = Position(1, 1)
    return Hazard(kind.code, kind.name, severity, message, f"file:{file}", safe, span=Span(file, start, start))
