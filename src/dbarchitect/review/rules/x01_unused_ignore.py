"""An ignore covers no finding.

Why
    An ignore that nothing needs any more hides the next fault of its kind, and readers take its reason for true.

Fix
    Take the code out of the comment, or the comment out of the file. Safe: it changes a comment only.

Sources
    The habit of linters that people trust.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Sequence

from dbarchitect.model.finding import Finding
from dbarchitect.review import ignores
from dbarchitect.review.ignores import Ignore
from dbarchitect.review.rule import Rule, sql
from dbarchitect.review.subject import Subject

RULE = Rule("X01", "unused-ignore", "house", "warning", needs="sources")


def check(subject: Subject) -> Iterator[Finding]:
    """Ignores of codes that no rule has; the engine adds, by `findings`, those that cover nothing."""
    known = _known()
    listed = [ignore for ignore in ignores.find(subject.texts, subject.sources) if not _names(ignore, known)]
    return findings(subject, listed, known, known)


def findings(subject: Subject, unused: Sequence[Ignore], ran: Sequence[str], known: Sequence[str]) -> Iterator[Finding]:
    """A finding for each unused ignore of a rule that ran, or of one that does not exist.

    Args:
        subject: what is reviewed.
        unused: ignores that cover nothing.
        ran: codes of the rules that ran.
        known: codes of all rules.
    """
    for ignore in unused:
        if not _names(ignore, known):
            near = difflib.get_close_matches(ignore.code, known, n=1)
            meant = f"; did you mean {near[0]}?" if near else ""
            message = f"this ignores {ignore.code}, and no rule has that code{meant}"
        elif any(code.startswith(ignore.code) for code in ran):
            message = f"this ignores {ignore.code}, and there is nothing to ignore"
        else:
            continue
        yield RULE.finding(subject, "namespace:public", message, span=ignore.span)


def _names(ignore: Ignore, known: Sequence[str]) -> bool:
    return any(code.startswith(ignore.code) for code in known)


def _known() -> list[str]:
    from dbarchitect.review import catalogue  # it loads this module

    return [page.rule.code for page in catalogue.pages()]


EXAMPLES = (
    sql("-- dbarchitect: ignore Y77: an old habit\ncreate table t (id bigint primary key);\n", "namespace:public"),
    sql("-- dbarchitect: ignore K01: append only, read by copy\ncreate table t (line text);\n"),
)
