"""Findings of a review, and the edits that mend them (DESIGN, section 4)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from typing import Literal

from dbarchitect.model.decision import Problem
from dbarchitect.model.source import Span
from dbarchitect.records import dataclass

Severity = Literal["error", "warning", "info"]


@dataclass(frozen=True, slots=True)
class Edit:
    """Replace what stands at `span` by `text`."""

    span: Span
    text: str


@dataclass(frozen=True, slots=True)
class Fix:
    """A way to mend a finding; `ddl` is what it means for the database."""

    title: str
    safety: Literal["safe", "unsafe", "display"]
    edits: tuple[Edit, ...] = ()
    ddl: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Evidence:
    """How we know: measured on PostgreSQL, declared in a source, or inferred."""

    how: Literal["measured", "declared", "inferred"]
    sql: str | None = None
    result: str | None = None


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that a reviewer would say."""

    code: str
    name: str
    kind: Literal["fact", "house"]
    severity: Severity
    message: str
    address: str
    span: Span | None = None
    related: tuple[Span, ...] = ()
    evidence: Evidence | None = None
    fixes: tuple[Fix, ...] = field(default=())


@dataclass(frozen=True, slots=True)
class Review:
    """What a review says.

    Args:
        findings: sorted by place, then code.
        problems: what could not be read or checked; everything else was.
        summary: counts: `error`, `warning` and `info` of the findings that count, `house` of those that are taste and
            do not, `fixable` and `unsafe` of those with a fix, `files` and `tables` that were looked at, `ignored` and
            `baseline` of those that are not shown.
    """

    findings: tuple[Finding, ...]
    problems: tuple[Problem, ...] = ()
    summary: Mapping[str, int] = field(default_factory=dict)

    def to_json(self) -> dict[str, object]:
        """The `review` object of DESIGN section 4."""
        return {
            "format": 1,
            "findings": [_finding(finding) for finding in self.findings],
            "problems": [
                {"severity": problem.severity, "message": problem.message, "span": _span(problem.span)}
                for problem in self.problems
            ],
            "summary": dict(self.summary),
        }


def _finding(finding: Finding) -> dict[str, object]:
    evidence = finding.evidence
    return {
        "code": finding.code,
        "name": finding.name,
        "kind": finding.kind,
        "severity": finding.severity,
        "message": finding.message,
        "address": finding.address,
        "span": _span(finding.span),
        "related": [_span(span) for span in finding.related],
        "evidence": {"how": evidence.how, "sql": evidence.sql, "result": evidence.result} if evidence else None,
        "fixes": [
            {
                "title": fix.title,
                "safety": fix.safety,
                "edits": [{"span": _span(edit.span), "text": edit.text} for edit in fix.edits],
                "ddl": list(fix.ddl),
            }
            for fix in finding.fixes
        ],
    }


def _span(span: Span | None) -> dict[str, object] | None:
    if span is None:
        return None
    return {
        "file": span.file,
        "start": {"line": span.start.line, "column": span.start.column},
        "end": {"line": span.end.line, "column": span.end.column},
    }
