"""The errors that a user may see: each names the place, what is wrong and the next step, and carries an exit code."""

from __future__ import annotations


class DbarchitectError(Exception):
    """Root of every error that we raise on purpose; printed without a traceback, the command exits with `exit_code`.

    Args:
        message: what is wrong, in one sentence that names the thing.
        hint: the next step for the user, a sentence of its own.
        place: where it is wrong, such as `brief.yaml:12:5` or `table:public.users`.
    """

    exit_code = 2

    def __init__(self, message: str, *, hint: str | None = None, place: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint
        self.place = place

    def __str__(self) -> str:
        head = f"{self.place}: {self.message}" if self.place else self.message
        return f"{head}\n  {self.hint}" if self.hint else head


class InputError(DbarchitectError):
    """What the user gave (brief, path, option, configuration) cannot be used as it is."""


class EngineError(DbarchitectError):
    """PostgreSQL, Bun or the Drizzle toolchain could not be started, installed or made to answer."""


class RefusedError(DbarchitectError):
    """The request is understood, and doing it here would lose something or belongs to another command."""
