"""Migrations of data: a file with its own way up, its way down and a check that nothing was forgotten.

    -- up
    update users set slug = lower(name) where slug is null;
    -- down
    update users set slug = null;
    -- check: rows that are still wrong
    select id from users where slug is null;

The check is a query that finds what is still wrong; when it finds anything, the file fails, and with it everything
that it did. It stands in the migration as a statement of its own, so that whoever runs the file runs the check. Where
nothing takes the change back, `-- irreversible: why` stands in the place of the way down; where it does not give
everything back, the way down begins with `-- lossy: why`.
"""

from __future__ import annotations

import re

from dbarchitect.errors import InputError
from dbarchitect.migrate.steps import timed
from dbarchitect.model.names import snake
from dbarchitect.model.plan import Step
from dbarchitect.records import dataclass
from dbarchitect.sql.parser import parse_scripts, parse_statement
from dbarchitect.sql.quote import literal

_SECTION = re.compile(r"^--[ \t]*(?:dbarchitect:[ \t]*)?(up|down|check|irreversible)\b[ \t]*:?[ \t]*(.*)$", re.I | re.M)
_COMMENTS = re.compile(r"(?:\s|--[^\n]*(?:\n|\Z))*")
_LOSSY = re.compile(r"\s*--[ \t]*lossy\b", re.I)
_FORM = "It has sections that begin with `-- up`, `-- down` (or `-- irreversible: why`) and `-- check`."


@dataclass(frozen=True, slots=True)
class DataFile:
    """A migration of data as somebody wrote it.

    Args:
        name: what the migration is called.
        up: the statements that change rows.
        down: those that take that back; None when nothing does.
        check: the query that finds rows which are still wrong.
        reason: why nothing takes it back, or what is lost; '' when nothing is.
        about: the comments at its beginning.
    """

    name: str
    up: tuple[str, ...]
    down: tuple[str, ...] | None
    check: str
    reason: str = ""
    about: tuple[str, ...] = ()


def read(text: str, name: str) -> DataFile:
    """A file of this form.

    Args:
        text: what stands in it.
        name: its name without an ending.

    Raises:
        InputError: a section is missing, empty, there twice, or no SQL.
    """
    marks = list(_SECTION.finditer(text))
    sections: dict[str, str] = {}
    reason = ""
    for place, mark in enumerate(marks):
        word = mark[1].lower()
        if word in sections:
            raise InputError(f"there are two sections `-- {word}`", place=name, hint=_FORM)
        end = marks[place + 1].start() if place + 1 < len(marks) else len(text)
        sections[word] = text[mark.end() : end]
        reason = mark[2] if word == "irreversible" else reason
    before = text[: marks[0].start()] if marks else text
    if _COMMENTS.sub("", before, count=1):
        raise InputError("there is SQL before the first section", place=name, hint=_FORM)
    for word in ("up", "check"):
        if not _COMMENTS.sub("", sections.get(word, ""), count=1):
            raise InputError(f"there is no section `-- {word}`, or nothing in it", place=name, hint=_FORM)
    if ("down" in sections) is ("irreversible" in sections):
        raise InputError("there is no one way back", place=name, hint=_FORM)
    if "irreversible" in sections and not reason:
        raise InputError("nobody says why it is irreversible", place=name, hint="`-- irreversible: why`")
    down = sections.get("down")
    lossy = _LOSSY.match(down) if down is not None else None
    if down is not None and lossy:
        reason = down.strip().splitlines()[0].partition("lossy")[2].lstrip(": ")
        down = down[down.index("\n", lossy.end()) :] if "\n" in down[lossy.end() :] else ""
    about = tuple(line for line in before.splitlines() if line.startswith("--"))
    return DataFile(
        re.sub(r"[^a-z0-9]+", "_", snake(name))[:48].strip("_") or "data",
        _statements(sections["up"], name),
        None if down is None else _statements(down, name),
        _query(sections["check"], name),
        reason,
        about,
    )


def step(file: DataFile) -> Step:
    """The file of a plan that does it: its statements, then the check, in one transaction."""
    down = file.down
    lossy = bool(file.reason) and down is not None
    if down is not None and lossy:
        head = f"-- lossy: {file.reason}\n"
        down = (head + down[0], *down[1:]) if down else (head,)
    return Step(
        file=file.name,
        transaction="one",
        operations=(("run", "data", f"data:{file.name}"),),
        up=timed((*file.up, checked(file)), "one", slow=True),
        down=None if down is None else timed(down, "one", slow=True),
        reversible="no" if down is None else "lossy" if lossy else "exact",
        notes=("-- dbarchitect: data", *file.about),
        check=file.check,
    )


def checked(file: DataFile) -> str:
    """The statement that fails when the check of a file finds anything."""
    tag = "$check$"
    while tag in file.check:
        tag = f"${tag[1:-1]}_$"
    said = literal(f"the check of {file.name} finds rows that are still wrong: %").replace("E'", "'", 1)
    return (
        f"DO {tag}\n#variable_conflict use_column\ndeclare\n  still_wrong bigint;\nbegin\n"
        f"  select count(*) into still_wrong from (\n{file.check}\n  ) as rows_of_the_check;\n"
        f"  if still_wrong > 0 then\n    raise exception {said}, still_wrong\n"
        f"      using hint = 'Everything that this file did is taken back.';\n  end if;\nend\n{tag}"
    )


def _statements(text: str, name: str) -> tuple[str, ...]:
    (parsed,) = parse_scripts([text])
    if isinstance(parsed, InputError):
        raise InputError(parsed.message, place=name, hint="Nothing was planned.")
    raw = text.encode()
    for item in parsed:
        if "TransactionStmt" in item.node:
            hint = "Take it out: the file is one transaction."
            raise InputError("the file has transactions of its own", place=name, hint=hint)
    return tuple(raw[item.start : item.end].decode().strip() for item in parsed)


def _query(text: str, name: str) -> str:
    found = _statements(text, name)
    node = parse_statement(found[0]) if len(found) == 1 else {}
    if "intoClause" in node.get("SelectStmt", {"intoClause": None}):
        raise InputError("the check is no single query", place=name, hint="It finds the rows that are still wrong.")
    return found[0]
