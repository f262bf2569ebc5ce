"""Options that several commands take, written once, and what becomes of them."""

from __future__ import annotations

import datetime
import difflib
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated, Literal

import typer

from dbarchitect.errors import InputError
from dbarchitect.settings import Ids, Line, Profile, Runtime, Settings
from dbarchitect.surface.output import deliver

Format = Literal["full", "concise", "json"]
FormatOption = Annotated[
    Format, typer.Option("--format", help="How the answer is written; json is what the API function returned.")
]
OutputOption = Annotated[
    Path | None, typer.Option("--output", metavar="FILE", help="Write the answer to FILE instead of stdout.")
]
StrictOption = Annotated[bool, typer.Option("--strict", help="Exit 1 also when a claim stays unproved.")]
ProofUrlOption = Annotated[
    str | None,
    typer.Option(
        "--proof-url",
        metavar="URL",
        help="Prove on this PostgreSQL server, in scratch databases of our own, instead of the embedded one.",
    ),
]


def answer(kind: deliver.Kind, payload: Mapping[str, object], form: Format, output: Path | None) -> None:
    """Write an answer to stdout, or to a file.

    Args:
        kind: what the payload is.
        payload: the JSON value that the API function returned.
        form: full, concise or json.
        output: the file, or None for stdout.
    """
    from dbarchitect.surface.cli import terminal

    terminal.clear_progress()
    if output is None:
        deliver.to_terminal(kind, payload, form, width=terminal.width(), colour=terminal.coloured(sys.stdout))
    else:
        deliver.to_file(kind, payload, form, output)


def verdict(summary: Mapping[str, int], strict: bool) -> int:
    """The exit code of a proof: 1 for failed claims, with `strict` for unproved ones too (DESIGN §2)."""
    return int(bool(summary.get("failed")) or (strict and bool(summary.get("unproved"))))


def proof_url(url: str | None) -> str | None:
    """The server to prove on: an address, `db:ALIAS` of dbarchitect.toml, or None for the embedded one."""
    if url is None or not url.startswith("db:"):
        return url
    from dbarchitect import config

    return config.database_url(url.removeprefix("db:"))


def settings(
    folder: Path,
    *,
    profile: Profile | None,
    drizzle: Line | None,
    ids: Ids | None,
    runtime: Runtime | None,
    touch_trigger: bool,
) -> Settings:
    """What to emit: the options, else what the project in `folder` was made with, else dbarchitect.toml, else defaults.

    Raises:
        InputError: the project's manifest or the configuration cannot be read.
    """
    from dbarchitect import config
    from dbarchitect.edit import manifest

    configured, made = config.load(folder), manifest.load(folder)
    base = made.settings if made else Settings(configured.profile or "house", configured.drizzle or "0.45")
    return Settings(
        profile=profile or base.profile,
        drizzle=drizzle or base.drizzle,
        ids=ids or base.ids,
        runtime=runtime or base.runtime,
        touch_trigger=touch_trigger or base.touch_trigger,
    )


def answers(given: Sequence[str]) -> dict[str, str]:
    """`--answer ID=VALUE`, repeated, as a mapping.

    Raises:
        InputError: for one without `=`, or two that disagree.
    """
    found: dict[str, str] = {}
    for item in given:
        name, sign, value = item.partition("=")
        if not sign or not name.strip():
            message = f"--answer takes ID=VALUE, and {item!r} is not of that form"
            raise InputError(message, hint="`dbarchitect design … --dry-run` lists the questions and their ids.")
        name, value = name.strip(), value.strip()
        if found.setdefault(name, value) != value:
            raise InputError(f"--answer {name} is given twice, as {found[name]!r} and as {value!r}", hint="Give one.")
    return found


def moment(text: str | None) -> datetime.datetime | None:
    """`--now` as an aware moment; one without a zone is UTC.

    Raises:
        InputError: it is no date or moment of ISO 8601.
    """
    if text is None:
        return None
    try:
        found = datetime.datetime.fromisoformat(text)
    except ValueError as error:
        message = f"--now {text!r} is no moment"
        raise InputError(message, hint="Write it as 2026-01-31 or 2026-01-31T12:00:00Z.") from error
    return found if found.tzinfo else found.replace(tzinfo=datetime.UTC)


def nearest(value: str, known: Sequence[str]) -> str:
    """A hint that names what was probably meant, and everything that is known."""
    near = difflib.get_close_matches(value, known, n=1)
    meant = f"Did you mean {near[0]}? " if near else ""
    return f"{meant}Known: {', '.join(known)}."
