"""Findings of a review, and the edits that mend them (DESIGN, section 4)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from dbarchitect.model.decision import Problem
from dbarchitect.model.source import Span

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
