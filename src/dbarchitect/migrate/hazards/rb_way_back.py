"""The way back does not lead back.

Why
    A way back is tried for the first time on the day on which it is needed. It may be missing, or leave the schema
    otherwise than it was (RB01), keep people waiting, fail, or lose what was there before (RB02), and leave something
    over at which the file stops when it is run again (RB03). One that makes dropped columns again, and does not say
    that they are empty now, looks as if nothing were lost (RB05). Here file and way back are replayed on the schema
    before them; what a replay cannot know, as within DO, is passed over.

Safe way
    `dbarchitect migrate plan` writes ways back, `dbarchitect migrate prove` runs them over rows. Begin one that cannot
    bring everything back with `-- lossy:` or `-- irreversible:` and what is lost.

Sources
    `dbarchitect migrate prove` measures what is told here from the texts.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from dbarchitect.migrate.hazard import Context, Example, Kind, few
from dbarchitect.migrate.way_back import WayBack
from dbarchitect.model.finding import Severity
from dbarchitect.model.plan import Hazard
from dbarchitect.model.source import Position, Span
from dbarchitect.read.migrations.folder import declared

INVERSE = Kind("RB01", "no-way-back", "warning", "There is no way back, or it does not restore the schema.")
HEAVY = Kind("RB02", "hazardous-way-back", "warning", "The way back keeps people waiting, fails or loses something.")
AGAIN = Kind("RB03", "not-again", "warning", "After its way back a file cannot be run again.")
SILENT = Kind("RB05", "silent-loss", "warning", "A way back does not say that it gives back less than was lost.")
KINDS = (INVERSE, HEAVY, AGAIN, SILENT)
WORTH = (
    "RW", "SC", "IX01", "IX02", "IX04", "IX05", "IX06", "IX12", "DL01", "DL02", "DL04", "DL05", "DL07", "DL12", "DL14",
    "DZ04", "EN01", "EN04", "BR05", "TX03", "TX05", "TX17",
)  # fmt: skip
"""Codes, or beginnings of them, of what is worth knowing of a way back; what goes along is missing after it (RB01)."""
LOSSES = ("DL01", "DL02", "DL04")
"""Those that lose what was there before the file."""
_INSERTS = re.compile(r'^\s*insert\s+into\s+([\w".]+)', re.IGNORECASE | re.MULTILINE)


def check(context: Context) -> Iterator[Hazard]:
    """Statement by statement there is nothing to say."""
    del context
    return iter(())


def check_backs(files: Sequence[str], backs: Sequence[WayBack]) -> Iterator[Hazard]:
    """What is wrong with the ways back of a folder.

    Args:
        files: the files that are looked at.
        backs: the ways back of those of them that have one.
    """
    yield from _without(files, backs)
    for back in backs:
        yield from _inverse(back)
        yield from _heavy(back)
    yield from _losses(backs)
    written = [back for back in backs if back.drops and declared(back.down.text) is None]
    if written:
        more = f", and so for {len(written) - 1} more files" if len(written) > 1 else ""
        message = f"going back loses what programs have written into {few(written[-1].drops)} since{more}"
        yield _hazard(HEAVY, "info", message, written[-1].span, "Go back soon, or dump it first.")


def _without(files: Sequence[str], backs: Sequence[WayBack]) -> Iterator[Hazard]:
    """One hazard for a folder, however many files have no way back; it may have begun to keep them at some file."""
    known = {back.file for back in backs}
    first = next((place for place, name in enumerate(files) if name in known), 0)
    bare = [name for name in files[first:] if name not in known]
    if not bare:
        return
    start = Position(1, 1)
    span = Span(bare[-1], start, start)
    safe = "`dbarchitect migrate plan` writes them; `-- irreversible:` says that there is none."
    if not backs:
        message = f"none of {len(files)} files has a way back" if len(files) > 1 else "the file has no way back"
        yield _hazard(INVERSE, "info", message, span, safe)
        return
    verb = "has" if len(bare) == 1 else "have"
    others = f"{len(backs)} other files have one" if len(backs) > 1 else "1 other file has one"
    names = few([name.removesuffix("/migration.sql").rpartition("/")[2] for name in reversed(bare)])
    yield _hazard(INVERSE, "warning", f"{names} {verb} no way back, and {others}", span, safe)


def _inverse(back: WayBack) -> Iterator[Hazard]:
    word = declared(back.down.text)
    if not back.known or word == "no":
        return
    if back.stops is not None:
        message = f"the way back of {_title(back)} fails: {back.stops.message}"
        span = back.stops.span or back.span
        yield _hazard(INVERSE, "warning", message, span, "Write it against the schema after the file.")
        return
    if back.differences and word is None:
        message = f"after {_title(back)} and its way back, {few(back.differences)}"
        safe = "Take back each thing that the file does, the last one first."
        yield _hazard(INVERSE, "warning", message, back.span, safe)
    if back.again is not None and word is None and back.statements:
        message = f"after its way back {_title(back)} cannot be run again: {back.again.message}"
        yield _hazard(AGAIN, "warning", message, back.span, "Take back what is left over.")


def _losses(backs: Sequence[WayBack]) -> Iterator[Hazard]:
    """Ways back that do not say what the file loses; one note for a folder in which none ever says so."""
    silent = [back for back in backs if _unfilled(back) and back.statements and declared(back.down.text) is None]
    if len(silent) == 1 or any(declared(back.down.text) is not None for back in backs):
        for back in silent:
            yield from _loss(back)
    elif silent:
        names = few([_title(back) for back in reversed(silent)])
        message = f"{len(silent)} ways back do not say that they give back less than was lost: {names}"
        yield _hazard(SILENT, "info", message, silent[-1].span, "Begin them with `-- lossy:` and what is lost.")


def _unfilled(back: WayBack) -> list[Hazard]:
    """What the file loses and the way back does not put in again, with INSERT into the table that it makes anew."""
    filled = {name.replace('"', "").rpartition(".")[2].lower() for name in _INSERTS.findall(back.down.text)}
    return [
        item
        for item in back.losses
        if not (item.address.startswith("table:") and item.address.rpartition(".")[2].lower() in filled)
    ]


def _loss(back: WayBack) -> Iterator[Hazard]:
    """A way back that says nothing of what the file loses."""
    losses = _unfilled(back)
    sure = [item for item in losses if item.code != "DL13"] or losses
    names = few(sorted({item.address.partition(":")[2].removeprefix("public.") for item in sure}))
    message = f"the way back of {_title(back)} does not say what it cannot give back: {names}"
    severity: Severity = "warning" if any(item.code != "DL13" for item in losses) else "info"
    yield _hazard(SILENT, severity, message, back.span, f"Begin it with `-- lossy: {names}`.")


def _heavy(back: WayBack) -> Iterator[Hazard]:
    """One hazard for each code: one goes back in need, so locks are worth a note, failures and losses a warning."""
    told: set[str] = set()
    for item in back.hazards:
        if item.severity == "info" or not item.code.startswith(WORTH) or item.code in told:
            continue
        told.add(item.code)
        message = f"going back: {item.message} ({item.code})"
        severity: Severity = "warning" if item.severity == "error" or _loses(item) else "info"
        yield Hazard(HEAVY.code, HEAVY.name, severity, message, item.address, item.safe, item.statement,
                     item.span, item.query)  # fmt: skip


def _loses(item: Hazard) -> bool:
    """Whether it takes away what was there before the file."""
    return item.code in LOSSES or (item.code == "DL14" and item.statement.lower().startswith("delete"))


def _title(back: WayBack) -> str:
    name = back.file.removesuffix("/migration.sql").removesuffix("/up.sql")
    return name.rpartition("/")[2].removesuffix(".sql").removesuffix(".up")


def _hazard(kind: Kind, severity: Severity, message: str, span: Span, safe: str) -> Hazard:
    return Hazard(kind.code, kind.name, severity, message, f"file:{span.file}", safe, span=span)


T = "CREATE TABLE t (id int PRIMARY KEY, a text, n int);\nCREATE INDEX t_n ON t (n);\n"
A = "ALTER TABLE t ADD COLUMN b text;"
EXAMPLES = (
    Example(A, ("RB01",), T, "no way back", down=""),
    Example(A + "\nCREATE TYPE mood AS ENUM ('ok');", ("RB01", "RB02", "RB03"), T, "a type is left over",
            down="ALTER TABLE t DROP COLUMN b;"),
    Example(A, ("RB01",), T, "the way back fails", down="ALTER TABLE t DROP COLUMN c;"),
    Example("DROP VIEW v;", ("RB01",), T + "CREATE VIEW v AS SELECT id, a FROM t;\n", "the view comes back with less",
            down="CREATE VIEW v AS SELECT id FROM t;"),
    Example("DROP INDEX t_n;", ("RB02",), T, "the way back builds an index", down="CREATE INDEX t_n ON t (n);"),
    Example("INSERT INTO t VALUES (1);", ("RB02",), T, "the way back takes more than the file brought",
            down="DELETE FROM t;"),
    Example("ALTER TABLE t DROP COLUMN a;", ("RB05",), T, "the column comes back empty",
            down="ALTER TABLE t ADD COLUMN a text;"),
    Example("DROP TABLE t;", (), T, "the way back fills the table again",
            down=T + "INSERT INTO t SELECT id, a, n FROM kept;"),
    Example(A, ("RB01",), T, "comments are no way back", down="-- Not reversible.\n"),
    Example("ALTER TABLE t DROP COLUMN a;", (), T, down="-- lossy: t.a\nALTER TABLE t ADD COLUMN a text;"),
    Example("DROP TABLE t;", (), T, down="-- irreversible: the rows of t are gone.\n"),
    Example("ALTER TABLE t ALTER COLUMN n SET DEFAULT 1;", (), T, down="ALTER TABLE t ALTER COLUMN n DROP DEFAULT;"),
)  # fmt: skip
