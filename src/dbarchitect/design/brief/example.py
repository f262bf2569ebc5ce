"""The brief that `design --example` prints: short, and with one of everything."""

from __future__ import annotations

from pathlib import Path

NAME = "meeting-rooms.yaml"


def example() -> str:
    """The text of a brief that shows every part of the form."""
    return Path(__file__).with_name("example.yaml").read_text(encoding="utf-8")
