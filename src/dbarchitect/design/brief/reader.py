"""The one door for briefs: a text in any of the three forms to `Requirements`."""

from __future__ import annotations

from typing import Literal

from dbarchitect.design.brief import compact, yaml_reader
from dbarchitect.design.brief.requirements import Requirements
from dbarchitect.errors import InputError

Form = Literal["yaml", "words", "compact", "auto"]
LONGEST = 2_000_000
"""Code points; 300 entities are about 100,000."""


def read(text: str, *, name: str, form: Form = "auto") -> Requirements:
    """Read a brief.

    Args:
        text: the brief.
        name: how errors name it: the path of a file, or `the words`.
        form: how it is written; `auto` finds out by the suffix of the name and the text.

    Raises:
        InputError: it cannot be read; with the place, the nearest right thing and the next step.
    """
    text = text.removeprefix("\ufeff")
    if len(text) > LONGEST:
        hint = "A brief says what is stored; the data itself stays outside."
        raise InputError(f"the brief is longer than {LONGEST:,} characters", hint=hint, place=name)
    if form == "auto":
        form = guess(text, name)
    if form == "yaml":
        return yaml_reader.read_yaml(text, name)
    raise NotImplementedError


def guess(text: str, name: str) -> Literal["yaml", "words", "compact"]:
    """The form that a text is written in."""
    if name.lower().endswith((".yaml", ".yml", ".json")) or yaml_reader.is_yaml(text):
        return "yaml"
    return "compact" if compact.is_compact(text) else "words"
