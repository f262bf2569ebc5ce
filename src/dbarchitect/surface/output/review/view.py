"""What every format of a review is given."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field

from dbarchitect.model.finding import Finding, Fix, Review


@dataclass(frozen=True)
class View:
    """A review, and what is needed to show it.

    Args:
        review: what was found.
        counted: the findings that are shown one by one; the others are matters of taste and only counted.
        texts: the files, for snippets.
        pages: a rule's page by its code.
        width: columns that may be used.
        colour: whether SGR colours are welcome.
    """

    review: Review
    counted: tuple[Finding, ...]
    texts: Mapping[str, str] = field(default_factory=dict)
    pages: Mapping[str, str] = field(default_factory=dict)
    width: int = 100
    colour: bool = False

    def about(self, code: str) -> str:
        """The first sentence of a rule's page."""
        return self.pages.get(code, "").partition("\n")[0]

    def taste(self) -> list[tuple[str, str, int]]:
        """(code, name, how many) of the findings that are only counted."""
        counted = set(map(id, self.counted))
        rest = Counter((item.code, item.name) for item in self.review.findings if id(item) not in counted)
        return [(code, name, number) for (code, name), number in sorted(rest.items())]


def mendable(finding: Finding) -> Fix | None:
    """The fix that `--fix` or `--unsafe-fixes` would apply."""
    return next((fix for fix in finding.fixes if fix.edits and fix.safety != "display"), None)
