"""Which lines changed since a commit, so that a review speaks of them only (`--since REF`)."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

from dbarchitect.errors import InputError
from dbarchitect.model.finding import Finding

Ranges = tuple[tuple[int, int], ...]
SECONDS = 60
_HUNK = re.compile(r"^@@ -\S+ \+(\d+)(?:,(\d+))? @@", re.MULTILINE)


def since(ref: str, base: Path) -> dict[str, Ranges]:
    """Lines (first, last) that are new or changed in the working tree, by path relative to `base`.

    A file that git does not know yet is changed as a whole.

    Args:
        ref: a commit, branch or tag.
        base: a folder within the repository.

    Raises:
        InputError: there is no git, no repository, or no such commit.
    """
    if ref.startswith("-"):
        raise InputError(f"--since {ref!r} names no commit", hint="Give a branch, tag or commit: --since main.")
    _git(["rev-parse", "--verify", "--quiet", f"{ref}^{{commit}}"], base, f"there is no commit {ref!r}")
    diff = _git(["diff", "--unified=0", "--no-color", "--no-ext-diff", "--relative", "-z", "--name-only", ref], base)
    changed: dict[str, Ranges] = {}
    for file in filter(None, diff.split("\0")):
        hunks = _git(["diff", "--unified=0", "--no-color", "--no-ext-diff", "--relative", ref, "--", file], base)
        changed[file] = tuple(
            (int(first), int(first) + max(int(count or "1"), 1) - 1) for first, count in _HUNK.findall(hunks)
        )
    untracked = _git(["ls-files", "--others", "--exclude-standard", "-z"], base)
    changed.update({file: ((1, 1_000_000_000),) for file in untracked.split("\0") if file})
    return changed


def touched(findings: Sequence[Finding], changed: Mapping[str, Ranges]) -> tuple[Finding, ...]:
    """The findings whose lines changed; one without a place is kept, for nobody can tell."""
    return tuple(finding for finding in findings if finding.span is None or _meets(finding, changed))


def _meets(finding: Finding, changed: Mapping[str, Ranges]) -> bool:
    span = finding.span
    if span is None:
        return True
    return any(first <= span.end.line and span.start.line <= last for first, last in changed.get(span.file, ()))


def _git(arguments: Sequence[str], folder: Path, wrong: str = "git does not answer") -> str:
    try:
        finished = subprocess.run(
            ["git", *arguments], cwd=folder, capture_output=True, text=True, timeout=SECONDS, check=False
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise InputError(f"git cannot be run: {error}", hint="--since needs git and a repository.") from error
    if finished.returncode:
        said = finished.stderr.strip().splitlines()
        hint = said[-1] if said else "Fetch it first, or name another: git log --oneline shows some."
        raise InputError(wrong, hint=hint)
    return finished.stdout
