"""`design`: words in, a proven project out."""

from __future__ import annotations

import dataclasses
import datetime
from collections.abc import Callable, Collection, Mapping
from dataclasses import field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from dbarchitect.brief_source import BriefSource, resolve_brief
from dbarchitect.design.result import Draft
from dbarchitect.errors import InputError
from dbarchitect.model.codec import encode
from dbarchitect.progress import report
from dbarchitect.records import dataclass
from dbarchitect.settings import Settings

if TYPE_CHECKING:
    from dbarchitect.design.brief.requirements import Requirements
    from dbarchitect.edit.publish import Published
    from dbarchitect.model.claim import Proof
    from dbarchitect.model.constraint import ForeignKey
    from dbarchitect.model.decision import Question
    from dbarchitect.model.table import Table


@dataclass(frozen=True, slots=True)
class Design:
    """A designed schema and, unless it was a dry run, the project that was written.

    Args:
        draft: schema, decisions, questions, problems.
        settings: what was chosen.
        folder: where the project is; None for a dry run.
        files: what happened to each file.
        proof: every claim; None for a dry run.
        notes: what the user should know about this run.
    """

    draft: Draft
    settings: Settings
    folder: Path | None = None
    files: Published | None = None
    proof: Proof | None = None
    notes: tuple[str, ...] = field(default=())

    def to_json(self) -> dict[str, Any]:
        """The `dry-run` object of DESIGN section 4, with folder, files and proof when there are any."""
        draft = self.draft
        result: dict[str, Any] = {
            "format": 1,
            "requirements": encode(draft.requirements),
            "schema": encode(draft.schema),
            "decisions": [_whole(item) for item in draft.decisions],
            "questions": [_whole(item) for item in draft.questions],
            "problems": [_whole(item) for item in draft.problems],
        }
        if self.folder is not None:
            result["folder"] = str(self.folder)
            result["files"] = dataclasses.asdict(self.files) if self.files else {}
            result["proof"] = self.proof.to_json() if self.proof else None
            result["notes"] = list(self.notes)
        return result


def run(
    brief: str,
    *,
    out: Path | None,
    into: Path | None,
    dry_run: bool,
    answers: Mapping[str, str],
    settings: Settings,
    ask: Callable[[Question], str] | None,
    proof_url: str | None,
    now: datetime.datetime | None,
    allow: Collection[str],
) -> Design:
    """See `dbarchitect.api.design`."""
    source = resolve_brief(brief)
    draft = think(read_brief(source), answers, settings, ask)
    errors = [problem for problem in draft.problems if problem.severity == "error"]
    if dry_run:
        return Design(draft, settings)
    if errors:
        place = str(errors[0].span) if errors[0].span else source.name
        raise InputError(errors[0].message, place=place, hint="Nothing was written. `--dry-run` shows what was read.")
    if into is not None:
        from dbarchitect.api.join import join

        return join(draft, settings, into, proof_url)
    if out is None:
        raise InputError("nothing says where the project goes", hint="Give out, into or dry_run.")
    from dbarchitect.api.make import make

    return make(draft, settings, out, proof_url, now, allow)


def read_brief(source: BriefSource) -> Requirements:
    """The requirements of a brief, whichever form it has."""
    from dbarchitect.design.brief import reader

    yaml = source.path is not None and source.path.suffix.lower() in (".yaml", ".yml", ".json")
    requirements = reader.read(source.text, name=source.name, form="yaml" if yaml else "auto")
    if not requirements.entities and not requirements.relationships:
        raise InputError(
            "the brief names no entity: there is nothing to store",
            hint="Add `entities:` with at least one, such as `customer: name required, email unique`.",
            place=source.name,
        )
    return requirements


def think(
    requirements: Requirements,
    answers: Mapping[str, str],
    settings: Settings,
    ask: Callable[[Question], str] | None = None,
) -> Draft:
    """The architect's draft, with every question answered: by the user, by `answers`, or by its default.

    An answer may open further questions; each is asked once.
    """
    from dbarchitect.design.architect import design

    report("thinking")
    given = {**requirements.answers, **answers}
    requirements = dataclasses.replace(requirements, answers=given)
    draft = design(requirements, settings)
    while ask is not None:
        unanswered = [question for question in draft.questions if question.id not in given]
        if not unanswered:
            break
        given[unanswered[0].id] = ask(unanswered[0])
        draft = design(dataclasses.replace(requirements, answers=dict(given)), settings)
    return _in_line_names(draft, settings)


def _in_line_names(draft: Draft, settings: Settings) -> Draft:
    """The draft with the line's own names for foreign keys that stand with their column, as the seed writes them."""
    from dbarchitect.write.drizzle.naming_foreign_keys import with_line_names

    schema = with_line_names(draft.schema, settings.drizzle)
    moved = {
        before.constraint_address(old.name): after.constraint_address(new.name)
        for before, after in zip(draft.schema.tables, schema.tables, strict=True)
        for old, new in zip(_by_use(before), _by_use(after), strict=True)
    }
    decisions = [dataclasses.replace(item, address=moved.get(item.address, item.address)) for item in draft.decisions]
    return dataclasses.replace(draft, schema=schema, decisions=tuple(decisions))


def _by_use(table: Table) -> list[ForeignKey]:
    return sorted(table.foreign_keys, key=lambda key: (key.columns, key.target_schema, key.target_table))


def _whole(item: object) -> Any:
    """A dataclass as JSON with every field, defaults too: what other programs read is complete."""
    if dataclasses.is_dataclass(item) and not isinstance(item, type):
        return {entry.name: _whole(getattr(item, entry.name)) for entry in dataclasses.fields(item)}
    if isinstance(item, tuple | list):
        return [_whole(entry) for entry in item]
    return item
