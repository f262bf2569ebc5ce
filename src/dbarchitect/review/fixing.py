"""Applies the fixes of a review to texts, until nothing is left that a fix mends."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from dbarchitect.model.decision import Problem
from dbarchitect.model.finding import Finding, Fix, Review
from dbarchitect.model.source import Span
from dbarchitect.records import dataclass
from dbarchitect.review.mending import batch
from dbarchitect.review.options import Options
from dbarchitect.typescript.source import Source

PASSES = 12
"""A fix may open the way for another (an index for a foreign key that a fix added); ten in a row were never seen."""


@dataclass(frozen=True, slots=True)
class Mended:
    """What fixing did.

    Args:
        texts: the files that changed, as they are now.
        fixes: the fixes that were applied, in order.
        ddl: what they mean for the database, in order, each statement once.
        problems: fixes that were not applied, because the file would no longer parse.
    """

    texts: Mapping[str, str]
    fixes: tuple[Fix, ...] = ()
    ddl: tuple[str, ...] = ()
    problems: tuple[Problem, ...] = ()


def mend(
    texts: Mapping[str, str],
    again: Callable[[Mapping[str, str]], Review],
    options: Options,
    *,
    unsafe: bool = False,
) -> Mended:
    """Apply every fix that may be applied, review again, and so on.

    Args:
        texts: the files, by relative path.
        again: reviews texts; it must not look at the disk.
        options: findings that are not counted are not mended either.
        unsafe: apply also what may change what a program or query does.

    Returns:
        What changed; a file that a fix would spoil keeps the text that it had before.
    """
    now = dict(texts)
    done: list[Fix] = []
    problems: list[Problem] = []
    spoiled: set[str] = set()
    for _ in range(PASSES):
        fixes = _chosen(again(now).findings, options, unsafe, spoiled)
        if not fixes:
            break
        made = batch.mend(now, fixes)
        bad = sorted(file for file, text in made.texts.items() if _faults(file, text) > _faults(file, now[file]))
        for file in bad:
            problems.append(Problem("warning", f"the fixes of {file} would leave it broken, and were not applied"))
        spoiled.update(bad)
        if bad:
            continue  # the others are made in the next pass, without those that touch a spoiled file
        now.update(made.texts)
        done.extend(fixes[place] for place in made.taken)
    ddl = tuple(dict.fromkeys(statement for fix in done for statement in fix.ddl))
    after = {file: text for file, text in sorted(now.items()) if text != texts[file]}
    return Mended(after, tuple(done), ddl, tuple(problems))


def _chosen(findings: Sequence[Finding], options: Options, unsafe: bool, spoiled: set[str]) -> list[Fix]:
    allowed = {"safe", "unsafe"} if unsafe else {"safe"}
    fixes = []
    for finding in findings:
        if not options.counts(finding):
            continue
        fix = next((fix for fix in finding.fixes if fix.edits and fix.safety in allowed), None)
        if fix is not None and not {edit.span.file for edit in fix.edits} & spoiled:
            fixes.append(fix)
    return fixes


def _faults(file: str, text: str) -> int:
    spans: Sequence[Span] = Source(file, text).faults if not file.endswith(".sql") else ()
    return len(spans)
