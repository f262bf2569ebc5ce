"""Where something stands in a brief, and errors that say so."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import lru_cache

from dbarchitect.errors import InputError
from dbarchitect.model.names import singular, snake
from dbarchitect.model.source import LineIndex, Span


class Text:
    """The text of a brief with its name; turns offsets into spans and errors.

    Args:
        text: the whole brief.
        name: how errors name it: a path, or `the words`.
    """

    def __init__(self, text: str, name: str) -> None:
        self.text = text
        self.name = name
        self._lines = LineIndex(text)

    def span(self, start: int, end: int) -> Span:
        """The span of the code points from `start` up to `end`."""
        return self._lines.span(self.name, start, end)

    def error(self, message: str, start: int, hint: str | None = None) -> InputError:
        """An error at the code point `start`."""
        return InputError(message, hint=hint, place=str(self.span(start, start)))


class LineError(Exception):
    """What is wrong inside one line of a brief; its reader knows where the line stands.

    Args:
        message: what is wrong.
        hint: the next step, or how to find it, for where most lines are only tried and nobody reads it.
        offset: the code point of the line where it is wrong.
    """

    def __init__(self, message: str, hint: str | Callable[[], str | None] | None = None, offset: int = 0) -> None:
        super().__init__(message)
        self.message = message
        self.offset = offset
        self._hint = hint

    @property
    def hint(self) -> str | None:
        """The next step."""
        return self._hint() if callable(self._hint) else self._hint


def nearest(word: str, known: Iterable[str]) -> str | None:
    """The known word that was probably meant, or None."""
    import difflib

    folded = {name.lower(): name for name in sorted(known)}
    near = difflib.get_close_matches(word.lower()[:200], folded, n=1, cutoff=0.6)
    return folded[near[0]] if near else None


def suggestion(word: str, known: Iterable[str], otherwise: str | None = None) -> str | None:
    """A hint with the nearest known word; `otherwise` when none is near."""
    near = nearest(word, known)
    return f"Did you mean {near!r}?" if near else otherwise


@lru_cache(maxsize=20_000)
def entity_key(name: str) -> str:
    """What makes two spellings of an entity the same one: `Order Items` and `orderItem` are `order_item`."""
    return singular(snake(name)) or name.strip()


@lru_cache(maxsize=20_000)
def attribute_key(name: str) -> str:
    """What makes two spellings of an attribute the same column: `First name` and `firstName`."""
    return snake(name) or name.strip()


@lru_cache(maxsize=20_000)
def spoken_name(text: str) -> str:
    """One thing in words, however it was written: `OrderItems` and `order_items` are `order item`."""
    return singular(snake(text)).replace("_", " ")
