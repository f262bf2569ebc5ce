"""Runs the rules over a subject: what they find, less what is ignored, in one order."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import cast

from dbarchitect.model.decision import Problem
from dbarchitect.model.finding import Finding, Review, Severity
from dbarchitect.review import catalogue, ignores
from dbarchitect.review.ignores import Ignore
from dbarchitect.review.options import Options
from dbarchitect.review.rule import Page
from dbarchitect.review.rules import x01_unused_ignore
from dbarchitect.review.subject import Subject


def review(subjects: Sequence[Subject], options: Options, problems: Iterable[Problem] = ()) -> Review:
    """Check subjects by the rules that the options choose.

    Args:
        subjects: what is reviewed; a finding that two of them share (a file that both use) is given once.
        options: which rules, on which files, at what weight.
        problems: what the readers could not read.

    Returns:
        The findings, sorted by place and code; a rule that fails is a problem, and the others still run.
    """
    chosen = [page for page in catalogue.pages() if options.runs(page)]
    found: dict[Finding, None] = {}
    trouble = list(problems)
    ignored = 0
    for subject in subjects:
        raw, failed = _check(subject, chosen)
        trouble.extend(failed)
        wanted = [_weighed(finding, options) for finding, page in raw if options.keeps(finding, page)]
        listed = ignores.find(subject.texts, subject.sources)
        kept, unused = ignores.split(wanted, listed)
        ignored += len(wanted) - len(kept)
        kept.extend(_unused(subject, unused, chosen, options))
        found.update(dict.fromkeys(kept))
    findings = tuple(sorted(found, key=order))
    return Review(findings, _once(trouble), {**summary(findings, options), **_sizes(subjects), "ignored": ignored})


def order(finding: Finding) -> tuple[str, int, int, str, str, str]:
    """Findings in the order of files and lines; those without a place by address, after them."""
    if finding.span is None:
        return ("\U0010ffff", 0, 0, finding.address, finding.code, finding.message)
    start = finding.span.start
    return (finding.span.file, start.line, start.column, finding.code, finding.address, finding.message)


def summary(findings: Sequence[Finding], options: Options) -> dict[str, int]:
    """How many findings count, by weight; how many are only taste; how many can be mended."""
    counted = [finding for finding in findings if options.counts(finding)]
    weights = {weight: sum(item.severity == weight for item in counted) for weight in ("error", "warning", "info")}
    mended = [min(_SAFETY[fix.safety] for fix in item.fixes if fix.edits) for item in counted if _has_edits(item)]
    return {
        **weights,
        "house": len(findings) - len(counted),
        "fixable": mended.count(0),
        "unsafe": mended.count(1),
    }


_SAFETY = {"safe": 0, "unsafe": 1, "display": 2}


def _has_edits(finding: Finding) -> bool:
    return any(fix.edits for fix in finding.fixes)


def _check(subject: Subject, pages: Sequence[Page]) -> tuple[list[tuple[Finding, Page]], list[Problem]]:
    found: list[tuple[Finding, Page]] = []
    failed = []
    for page in pages:
        if not _applies(page, subject):
            continue
        try:
            found.extend((finding, page) for finding in page.check(subject))
        except Exception as error:  # one rule's fault must not cost the others' findings
            said = f"{type(error).__name__}: {error}"
            failed.append(Problem("error", f"rule {page.rule.code} failed and was left out ({said}); please report it"))
    return found, failed


def _applies(page: Page, subject: Subject) -> bool:
    needs = page.rule.needs
    if needs == "schema":
        return True
    given = {
        "drizzle": subject.declared,
        "queries": subject.queries,
        "statistics": subject.statistics,
        "sources": subject.texts or None,
    }
    return given[needs] is not None


def _unused(subject: Subject, unused: Sequence[Ignore], chosen: Sequence[Page], options: Options) -> list[Finding]:
    """A finding for each ignore that covers nothing."""
    page = next((page for page in chosen if page.rule.code == x01_unused_ignore.RULE.code), None)
    if page is None:
        return []
    ran = [page.rule.code for page in chosen if _applies(page, subject)]
    known = [page.rule.code for page in catalogue.pages()]
    found = x01_unused_ignore.findings(subject, unused, ran, known)
    return [_weighed(finding, options) for finding in found if options.keeps(finding, page)]


def _weighed(finding: Finding, options: Options) -> Finding:
    """The finding with the weight that the options give it."""
    weight = options.weight(finding)
    return finding if weight == finding.severity else replace(finding, severity=cast(Severity, weight))


def _sizes(subjects: Sequence[Subject]) -> dict[str, int]:
    files = {file for subject in subjects for file in subject.texts}
    return {"files": len(files), "tables": sum(len(subject.schema.tables) for subject in subjects)}


def _once(problems: Iterable[Problem]) -> tuple[Problem, ...]:
    return tuple(dict.fromkeys(problems))
