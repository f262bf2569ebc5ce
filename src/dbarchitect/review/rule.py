"""What a rule is. A rule is one file of `review.rules`, found by walking that package; nothing else lists it.

The file `r01_foreign_key_without_index.py` holds, at its top level:

    RULE            what it is called, whether it is a fact or taste, how much it weighs
    check(subject)  yields findings, made by `RULE.finding`; pure over schema, facts and source
    EXAMPLES        bad and good sources: they are the rule's tests and stand on its page
    DEMONSTRATION   for a fact: steps on a real PostgreSQL (or Drizzle) that show the failure

and its docstring is its page: the first line says what the rule finds, then come the sections `Why`, `Fix` (how, and
how safe) and `Sources`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Literal

from dbarchitect.model.finding import Evidence, Finding, Fix, Severity
from dbarchitect.model.source import Span
from dbarchitect.records import dataclass

if TYPE_CHECKING:
    from dbarchitect.review.demonstration import Step
    from dbarchitect.review.subject import Subject

Kind = Literal["fact", "house"]
Needs = Literal["schema", "drizzle", "queries", "statistics", "sources"]
"""What a rule looks at: any schema, the TypeScript of a Drizzle schema, the project's queries, a live database's
statistics, or the bare texts. A subject without it is not checked by the rule."""
Profiles = tuple[Literal["house", "modern"], ...]
Check = Callable[["Subject"], Iterator[Finding]]


@dataclass(frozen=True, slots=True)
class Rule:
    """The head of a rule.

    Args:
        code: a letter for the family and two digits: K keys, R references, N normal forms, C constraints, T types,
            I indexes, M tenancy, A audit, Z Drizzle, Q queries, S statistics, H house.
        name: kebab-case, unique.
        kind: `fact` is wrong by how PostgreSQL or Drizzle behave; `house` is a convention that one may not share.
        severity: of its findings, unless a finding says otherwise.
        needs: what it looks at.
        profiles: the profiles that it belongs to.
    """

    code: str
    name: str
    kind: Kind
    severity: Severity
    needs: Needs = "schema"
    profiles: Profiles = ("house", "modern")

    def finding(
        self,
        subject: Subject,
        address: str,
        message: str,
        *,
        span: Span | None = None,
        severity: Severity | None = None,
        related: Sequence[Span] = (),
        evidence: Evidence | None = None,
        fixes: Sequence[Fix] = (),
    ) -> Finding:
        """A finding of this rule.

        Args:
            subject: what is reviewed; it knows where `address` stands.
            address: the element at fault.
            message: one sentence that names the element, what is wrong and what follows from it.
            span: where it stands, when that is not where the element does.
            severity: when it differs from the rule's.
            related: other places that matter.
            evidence: how we know.
            fixes: ways to mend it, the best one first.
        """
        return Finding(
            code=self.code,
            name=self.name,
            kind=self.kind,
            severity=severity or self.severity,
            message=message,
            address=address,
            span=span or subject.span(address),
            related=tuple(related),
            evidence=evidence,
            fixes=tuple(fixes),
        )


@dataclass(frozen=True, slots=True)
class Example:
    """A source and what the rule says of it.

    Args:
        files: texts by path: `schema.sql` for SQL, `schema.ts` and others for TypeScript.
        finds: the addresses of the findings in their order, repeated where there are several; empty for a good example.
        fixed: the files after all fixes, safe and unsafe; None when the rule mends nothing in them.
        statistics: for rules that look at a live database: what `read.statistics` would have read.
        title: what the example is about, where that is not plain.
    """

    files: Mapping[str, str]
    finds: tuple[str, ...] = ()
    fixed: Mapping[str, str] | None = None
    statistics: object | None = None
    title: str = ""


def sql(text: str, *finds: str, title: str = "") -> Example:
    """An example in SQL: DDL, and the addresses that the rule finds fault with (none for a good example)."""
    return Example({"schema.sql": text}, finds, title=title)


def drizzle(text: str, *finds: str, fixed: str | None = None, title: str = "") -> Example:
    """An example of a schema in TypeScript, and what its fixes make of it."""
    return Example({"schema.ts": text}, finds, None if fixed is None else {"schema.ts": fixed}, title=title)


def queries(schema: str, text: str, *finds: str, fixed: str | None = None, title: str = "") -> Example:
    """An example of queries (`queries.ts`) beside a schema in TypeScript (`schema.ts`)."""
    after = None if fixed is None else {"schema.ts": schema, "queries.ts": fixed}
    return Example({"schema.ts": schema, "queries.ts": text}, finds, after, title=title)


@dataclass(frozen=True, slots=True)
class Page:
    """A rule with everything that its file holds.

    Args:
        rule: its head.
        check: finds the faults in a subject.
        text: the docstring.
        examples: the first bad one and the first good one stand on the page; all are tests.
        demonstration: the steps that show the failure; empty for matters of taste.
        module: the module's name, for messages about a rule that fails.
    """

    rule: Rule
    check: Check
    text: str
    examples: tuple[Example, ...] = ()
    demonstration: tuple[Step, ...] = ()
    module: str = ""
