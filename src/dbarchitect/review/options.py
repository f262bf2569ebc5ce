"""Which rules run, on which files, and how much their findings weigh."""

from __future__ import annotations

import difflib
import re
from collections.abc import Mapping, Sequence
from dataclasses import field
from functools import cache, cached_property

from dbarchitect.config import Level
from dbarchitect.errors import InputError
from dbarchitect.model.finding import Finding
from dbarchitect.records import dataclass
from dbarchitect.review.rule import Page
from dbarchitect.settings import Profile


@dataclass(frozen=True, slots=True)
class PathOptions:
    """What holds for the files of one pattern.

    Args:
        pattern: a glob over relative POSIX paths: `*` within a folder, `**` through folders.
        select: codes, or their beginnings, that run there too.
        ignore: codes that do not run there.
        severity: the weight of findings there, by code or its beginning.
    """

    pattern: str
    select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    severity: Mapping[str, Level] = field(default_factory=dict)

    def matches(self, file: str) -> bool:
        """Whether the file is one of them; a pattern without a slash matches a file's name anywhere."""
        return _glob(self.pattern).fullmatch(file) is not None


@dataclass(frozen=True)
class Options:
    """How to review.

    Args:
        select: codes or their beginnings; empty for all rules of the profile. The longest one that fits decides, and
            between equals `ignore` wins.
        ignore: codes or their beginnings that do not run.
        severity: the weight of findings by code or its beginning; `off` is as good as ignoring.
        paths: exceptions, the last one that matches wins.
        profile: whose rules run.
        taste_counts: house findings are findings like all others; otherwise they are counted and set no exit code
            (DESIGN §5: on a project that we did not make, unless somebody chose the profile).
    """

    select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    severity: Mapping[str, Level] = field(default_factory=dict)
    paths: tuple[PathOptions, ...] = ()
    profile: Profile = "house"
    taste_counts: bool = False

    def runs(self, page: Page) -> bool:
        """Whether the rule runs on any file."""
        rule = page.rule
        if any(_best(rule.code, path.select) for path in self.paths):
            return True
        return self._selected(rule.code, self.profile in rule.profiles)

    def keeps(self, finding: Finding, page: Page) -> bool:
        """Whether a finding is wanted where it stands."""
        code = finding.code
        wanted = self._selected(code, self.profile in page.rule.profiles)
        for path in self._of(finding):
            chosen, left_out = _best(code, path.select), _best(code, path.ignore)
            if chosen or left_out:
                wanted = chosen > left_out
        return wanted and self.weight(finding) != "off"

    def weight(self, finding: Finding) -> Level:
        """How much the finding weighs where it stands."""
        level: Level = _longest(finding.code, self.severity) or finding.severity
        for path in self._of(finding):
            level = _longest(finding.code, path.severity) or level
        return level

    def counts(self, finding: Finding) -> bool:
        """Whether the finding is shown by itself and may set the exit code."""
        return finding.kind == "fact" or self.taste_counts or _best(finding.code, self.select) > 0

    def _selected(self, code: str, of_profile: bool) -> bool:
        chosen = _best(code, self.select) if self.select else int(of_profile)
        return chosen > 0 and (
            not _best(code, self.ignore) or (bool(self.select) and chosen > _best(code, self.ignore))
        )

    def _of(self, finding: Finding) -> list[PathOptions]:
        if finding.span is None or not self.paths:
            return []
        file = finding.span.file
        return [path for path in self.paths if path.matches(file)]

    @cached_property
    def _prefixes(self) -> tuple[str, ...]:
        found = {*self.select, *self.ignore, *self.severity}
        for path in self.paths:
            found |= {*path.select, *path.ignore, *path.severity}
        return tuple(sorted(found))

    def check(self, codes: Sequence[str]) -> None:
        """See that every code that is named is, or begins, the code of a rule.

        Raises:
            InputError: one does not; the hint names the nearest.
        """
        for prefix in self._prefixes:
            if not any(code.startswith(prefix) for code in codes):
                near = difflib.get_close_matches(prefix, codes, n=1)
                hint = f"Did you mean {near[0]}? " if near else ""
                raise InputError(f"no rule has the code {prefix}", hint=f"{hint}`dbarchitect rule` lists them.")


def _best(code: str, prefixes: Sequence[str]) -> int:
    """The length of the longest prefix that fits, 0 when none does."""
    return max((len(prefix) for prefix in prefixes if code.startswith(prefix)), default=0) if prefixes else 0


def _longest(code: str, levels: Mapping[str, Level]) -> Level | None:
    if not levels:
        return None
    fitting = sorted((prefix for prefix in levels if code.startswith(prefix)), key=len)
    return levels[fitting[-1]] if fitting else None


@cache
def _glob(pattern: str) -> re.Pattern[str]:
    pattern = pattern.removeprefix("./")
    if "/" not in pattern:
        pattern = f"**/{pattern}"
    if pattern.endswith("/"):
        pattern += "**"
    parts = re.split(r"(\*\*/|\*\*|\*|\?)", pattern)
    words = {"**/": "(?:.*/)?", "**": ".*", "*": "[^/]*", "?": "[^/]"}
    return re.compile("".join(words.get(part) or re.escape(part) for part in parts))
