"""The verbs as functions: the command line, and every other surface, calls these and only shapes the answer.

Each function imports what it needs when it is called, so that importing this module costs nothing. No module of this
package has the name of a function: importing it would put the module in the function's place.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable, Collection, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from dbarchitect.settings import Settings

if TYPE_CHECKING:
    from dbarchitect.api.applying import Application
    from dbarchitect.api.applying import Choices as ApplyChoices
    from dbarchitect.api.checking import CheckedFolder
    from dbarchitect.api.checking import Choices as CheckChoices
    from dbarchitect.api.checkup import Report
    from dbarchitect.api.drafting import Design
    from dbarchitect.api.reading import Reading
    from dbarchitect.api.rebasing import Rebased
    from dbarchitect.api.reviewing import Choices, Reviewed
    from dbarchitect.migrate.hazard import Kind as HazardKind
    from dbarchitect.migrate.runner.preview import Preview
    from dbarchitect.model.certificate import Certificate
    from dbarchitect.model.claim import Proof
    from dbarchitect.model.decision import Question
    from dbarchitect.model.plan import Plan
    from dbarchitect.model.schema import Schema
    from dbarchitect.review.demonstration import Outcome
    from dbarchitect.review.rule import Page

__all__ = [
    "apply_migrations",
    "check_migrations",
    "demonstrate",
    "design",
    "doctor",
    "example_brief",
    "hazards",
    "plan",
    "prove",
    "prove_migrations",
    "read",
    "rebase",
    "review",
    "rules",
]


def design(
    brief: str,
    *,
    out: Path | None = None,
    into: Path | None = None,
    dry_run: bool = False,
    answers: Mapping[str, str] | None = None,
    settings: Settings | None = None,
    ask: Callable[[Question], str] | None = None,
    proof_url: str | None = None,
    now: datetime.datetime | None = None,
    allow: Collection[str] = (),
) -> Design:
    """Turn a brief into a schema and, unless `dry_run`, into a proven project folder.

    Args:
        brief: an existing file, `-` for standard input, or words.
        out: the folder to make or bring up to date.
        into: an existing Drizzle project to add the tables to.
        dry_run: only think: nothing is written, nothing is proved, no engine is started.
        answers: answers to questions by id.
        settings: what is emitted.
        ask: called for each open question; None takes the defaults.
        proof_url: a PostgreSQL of the user's choosing for the proof.
        now: the moment to date a further migration with.
        allow: hazards of a change to an existing project that are accepted, by code or name.

    Raises:
        InputError: the brief, an answer or the folder cannot be used as it is; nothing was written.
        RefusedError: the change to an existing project loses data, and nobody allowed it.
        EngineError: an engine is missing or does not work.
    """
    from dbarchitect.api.drafting import run

    return run(
        brief,
        out=out,
        into=into,
        dry_run=dry_run,
        answers=answers or {},
        settings=settings or Settings(),
        ask=ask,
        proof_url=proof_url,
        now=now,
        allow=allow,
    )


def prove(folder: Path, *, proof_url: str | None = None) -> Proof:
    """Prove every claim about a project that `design` made, as its files are now.

    Raises:
        InputError: the folder is no project of ours.
        EngineError: an engine is missing or does not work.
    """
    from dbarchitect.api.proving import run

    return run(folder, proof_url=proof_url)


def prove_migrations(
    source: Path = Path(),
    *,
    last: int | Literal["due"] | None = 1,
    restore: Path | None = None,
    before: str | None = None,
    keep: bool = False,
) -> Certificate:
    """Run migrations up, down and up again on a scratch server full of data, and say what came of it.

    Args:
        source: a folder of migrations of any layout, a project that has one, or the JSON of a plan.
        last: how many of the last to prove, after replaying those before; None for all; `due` for those that have no
            certificate that holds, beginning with the last in a folder that keeps none. A plan is proved whole.
        restore: a dump of pg_dump whose rows take the place of ours.
        before: the source that a plan starts from; needed unless that is an empty database.
        keep: write a certificate for each proved migration of a folder, see `dbarchitect.migrate.certificates`.

    Raises:
        InputError: the folder, plan or dump cannot be used as it is, or a certificate cannot be written.
        EngineError: PostgreSQL is missing or does not work.
    """
    from dbarchitect.api.certifying import run

    return run(source, last=last, restore=restore, before=before, keep=keep)


def read(source: str, *, static: bool = False, from_format: str | None = None, statistics: bool = False) -> Reading:
    """Read a schema from any source.

    Args:
        source: an existing path, `-` for standard input, `git:REF:PATH`, `db:ALIAS` or a postgres URL.
        static: run nothing of the source's own.
        from_format: what standard input or the file holds: sql, drizzle, snapshot, dbml, prisma, json or brief.
        statistics: of a live database, read sizes and use as well.

    Raises:
        InputError: the source cannot be read, or holds several schemas; the hint names them.
        EngineError: an engine is missing or does not work.
    """
    from dbarchitect.api.reading import run

    return run(source, static=static, from_format=from_format, statistics=statistics)


def review(sources: Sequence[str], choices: Choices | None = None) -> Reviewed:
    """Judge schemas and queries by the rules, and mend what may be mended.

    Args:
        sources: each a folder, a file, `-`, `git:REF:PATH`, `db:ALIAS` or a postgres URL; none for the current folder.
        choices: what else is asked for.

    Raises:
        InputError: a source, an option or the configuration cannot be used as it is; nothing was changed.
        EngineError: an engine is missing or does not work.
    """
    from dbarchitect.api.reviewing import Choices, run

    return run(sources, choices or Choices())


def plan(
    a: str | Schema,
    b: str | Schema,
    *,
    renames: Mapping[str, str] | None = None,
    allow: Collection[str] = (),
    runner: Literal["drizzle", "dbarchitect"] = "drizzle",
    postgres: int = 18,
    static: bool = False,
    from_format: str | None = None,
) -> Plan:
    """Plan the migrations that lead from one schema to another, and back.

    Args:
        a: the schema before: a path, `-`, `git:REF:PATH`, `db:ALIAS`, a postgres URL, or a schema.
        b: the schema after.
        renames: what gets another name: `{"users.name": "full_name"}`.
        allow: names or codes of hazards that are accepted.
        runner: who runs the files; Drizzle's migrator runs all of them in one transaction.
        postgres: the major version that they are for, 13 to 18.
        static: run nothing of the sources' own.
        from_format: what standard input or a file holds.

    Raises:
        InputError: a source, a rename or a hazard cannot be used as it is.
        RefusedError: a step cannot run in the transaction that the runner has.
        EngineError: an engine is missing or does not work.
    """
    from dbarchitect.api.planning import run

    return run(
        a,
        b,
        renames=renames or {},
        allow=allow,
        runner=runner,
        postgres=postgres,
        static=static,
        from_format=from_format,
    )


def plan_data(
    file: str | Path,
    *,
    source: str | None = None,
    folder: str | Path | None = None,
    allow: Collection[str] = (),
    runner: Literal["drizzle", "dbarchitect"] = "drizzle",
    postgres: int = 18,
    static: bool = False,
) -> Plan:
    """Plan a migration of rows: its statements, then its check, which takes everything back when it finds anything.

    Args:
        file: SQL with the sections `-- up`, `-- down` and `-- check`, see `migrate.data_file`.
        source: the schema that it meets; None for what `folder` makes.
        folder: the migrations folder that it is for; None for that of the Drizzle project here.
        allow: names or codes of hazards that are accepted.
        runner: who runs it.
        postgres: the major version that it is for, 13 to 18.
        static: run nothing of the source's own.

    Raises:
        InputError: the file is not of the form, PostgreSQL refuses it on that schema, or it changes the schema.
        EngineError: an engine is missing or does not work.
    """
    from dbarchitect.api.data_planning import run

    place = None if folder is None else Path(folder)
    return run(
        Path(file), source=source, folder=place, allow=allow, runner=runner, postgres=postgres, static=static
    ).plan


def apply_migrations(
    db: str,
    folder: Path | None = None,
    *,
    plan: str | None = None,
    confirm: Callable[[Preview], bool] | None = None,
    choices: ApplyChoices | None = None,
) -> Application:
    """Apply a migrations folder to a database, in two steps: without `plan` and `confirm` only look.

    Args:
        db: the alias of the database in `dbarchitect.toml`, or of a variable DBARCHITECT_<ALIAS>_URL.
        folder: the migrations; None for the folder of drizzle-kit's configuration here.
        plan: the id that the first step gave; refused when the database or the folder changed since.
        confirm: asked with what would run; both steps in one.
        choices: how it is done.

    Raises:
        InputError: the alias, the folder or an option cannot be used as it is.
        RefusedError: the database and the folder do not fit, the plan is stale, a backup is missing.
        StatementError: PostgreSQL refused a statement; what was applied before it stays, and is noted.
        EngineError: no backup could be made.
    """
    from dbarchitect.api.applying import Choices, run

    return run(db, folder, plan=plan, confirm=confirm, choices=choices or Choices())


def check_migrations(source: str | None = None, choices: CheckChoices | None = None) -> CheckedFolder:
    """Say what may go wrong when migrations run, each statement judged by the schema before it.

    Args:
        source: a folder of migrations, a project with one, an SQL file, or `-`; None for the project here.
        choices: what else is asked for.

    Raises:
        InputError: the source, the alias or a hazard's name cannot be used as it is.
        EngineError: the database is older than PostgreSQL 13.
    """
    from dbarchitect.api.checking import Choices, run

    return run(source, choices or Choices())


def hazards() -> tuple[HazardKind, ...]:
    """What `check_migrations` can find, sorted by code."""
    from dbarchitect.migrate import hazard_catalogue

    return tuple(hazard_catalogue.kinds().values())


def rebase(
    onto: str, *, folder: Path | None = None, now: datetime.datetime | None = None, dry_run: bool = False
) -> Rebased:
    """Put a branch's migrations on top of main's: numbers, dates and snapshots anew, the same SQL.

    Args:
        onto: `git:REF`, `git:REF:PATH`, or a migrations folder.
        folder: the project or its migrations folder; the current folder when None.
        now: the earliest date of the first one.
        dry_run: write nothing.

    Raises:
        InputError: there is no project, or a folder cannot be read.
        RefusedError: the two do not fit together; nothing was written.
    """
    from dbarchitect.api.rebasing import run

    return run(onto, folder=folder, now=now, dry_run=dry_run)


def rules(code: str | None = None) -> tuple[Page, ...]:
    """The rules of the review, sorted by code.

    Args:
        code: a rule's code or name, or the beginning of several codes; None for all.

    Raises:
        InputError: no rule has that code or name.
    """
    from dbarchitect.api.rulebook import run

    return run(code)


def demonstrate(code: str) -> tuple[Outcome, ...]:
    """Run the demonstration of a rule on a real PostgreSQL, or with the real Drizzle, and say how each step went.

    Raises:
        InputError: no rule has that code, or it has no demonstration.
        EngineError: an engine is missing or does not work.
    """
    from dbarchitect.api.rulebook import show

    return show(code)


def doctor() -> Report:
    """What is installed, in which version, what works, and what to do about what does not."""
    from dbarchitect.api.checkup import run

    return run()


def example_brief() -> str:
    """A brief.yaml to start from."""
    from dbarchitect.design.brief import example

    return example.example()
