"""What the steps of the toolchain answer: problems with their place, and how long it took."""

from __future__ import annotations

from typing import Any

from dbarchitect.records import dataclass


@dataclass(frozen=True, slots=True)
class Problem:
    """One complaint of a compiler, formatter, linter or test runner.

    Args:
        message: what is wrong, in the tool's words.
        code: the tool's name for it, such as `TS2345` or `lint/suspicious/noExplicitAny`; may be empty.
        file: path relative to the project, with forward slashes; empty when the complaint has no place.
        line: 1-based, 0 when unknown.
        column: 1-based, 0 when unknown.
        severity: `error`, `warning` or `info`.
    """

    message: str
    code: str = ""
    file: str = ""
    line: int = 0
    column: int = 0
    severity: str = "error"

    def __str__(self) -> str:
        place = f"{self.file}:{self.line}:{self.column}: " if self.line else f"{self.file}: " if self.file else ""
        return f"{place}{self.code} {self.message}" if self.code else f"{place}{self.message}"


@dataclass(frozen=True, slots=True)
class Checked:
    """Answer of a check: fine when it has no problem."""

    problems: tuple[Problem, ...]
    seconds: float

    @property
    def passed(self) -> bool:
        """Whether nothing was found."""
        return not self.problems


@dataclass(frozen=True, slots=True)
class KitResult:
    """What drizzle-kit makes of a schema.

    Args:
        snapshot: the schema as drizzle-kit keeps it, with a random id (the journal replaces it).
        statements: the SQL that leads from the snapshot before to this one.
        seconds: duration.
    """

    snapshot: dict[str, Any]
    statements: list[str]
    seconds: float


@dataclass(frozen=True, slots=True)
class Tested:
    """Answer of `bun test`; passed when tests ran and none failed."""

    passes: int
    failures: int
    skips: int
    problems: tuple[Problem, ...]
    seconds: float
    output: str

    @property
    def passed(self) -> bool:
        """Whether at least one test ran and nothing failed."""
        return self.passes > 0 and not self.problems
