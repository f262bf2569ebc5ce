"""An ignore does not say why.

Why
    The next reader cannot tell a considered exception from a silenced alarm.

Fix
    Write the reason after a colon: `// dbarchitect-ignore R01: never more than ten rows`.

Sources
    The habit of linters that people trust.
"""

from __future__ import annotations

from collections.abc import Iterator

from dbarchitect.model.finding import Finding
from dbarchitect.review import ignores
from dbarchitect.review.rule import Rule, sql
from dbarchitect.review.subject import Subject

RULE = Rule("X02", "ignore-without-reason", "house", "warning", needs="sources")


def check(subject: Subject) -> Iterator[Finding]:
    """Each comment without a reason."""
    listed = ignores.find(subject.texts, subject.sources)
    for span in dict.fromkeys(ignore.span for ignore in listed if not ignore.reason):
        yield RULE.finding(subject, "namespace:public", "this ignore does not say why", span=span)


EXAMPLES = (
    sql("-- dbarchitect: ignore K01\ncreate table t (line text);\n", "namespace:public"),
    sql("-- dbarchitect: ignore K01: append only, read by copy\ncreate table t (line text);\n"),
)
