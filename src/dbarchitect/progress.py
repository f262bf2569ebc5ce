"""Progress of long work: one function that verbs call, and that surfaces decide how to show (always on stderr)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

Listener = Callable[[str], None]

_listener: ContextVar[Listener | None] = ContextVar("dbarchitect_progress", default=None)
_listening: list[Listener] = []  # threads of a pool start without the context of who submitted their work


def report(text: str) -> None:
    """Say what is being done now, in a few words; nothing happens when nobody listens."""
    listener = _listener.get()
    if listener is None and _listening:
        listener = _listening[-1]
    if listener is not None:
        listener(text)


@contextmanager
def listening(listener: Listener) -> Iterator[None]:
    """Send every `report` made inside the block to `listener`, also those of threads that the block starts.

    Args:
        listener: called with each text; from several threads at once when the work is done in several.
    """
    token = _listener.set(listener)
    _listening.append(listener)
    try:
        yield
    finally:
        _listening.remove(listener)
        _listener.reset(token)
