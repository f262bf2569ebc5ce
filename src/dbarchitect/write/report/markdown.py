"""User text inside Markdown: it stays text, wherever it stands."""

from __future__ import annotations

import re

_SPECIAL = re.compile(r"([\\`*_\[\]<>|#~$])")


def inline(text: str) -> str:
    """One line of plain text, with everything that Markdown or HTML would read escaped."""
    flat = " ".join(text.split())
    return _SPECIAL.sub(r"\\\1", flat).replace("&", "&amp;")


def prose(text: str) -> str:
    """As `inline`, but what stands between backticks stays code: for sentences of ours that name things."""
    pieces = " ".join(text.split()).split("`")
    if len(pieces) % 2 == 0:
        return inline(text)
    return "".join((code(piece) if number % 2 else inline_part(piece)) for number, piece in enumerate(pieces))


def inline_part(text: str) -> str:
    """As `inline`, keeping blanks at both ends."""
    return _SPECIAL.sub(r"\\\1", text).replace("&", "&amp;")


def cell(text: str) -> str:
    """As `prose`, inside a table, where a bar would end the cell even in code."""
    return prose(text).replace("\\|", "|").replace("|", "\\|")


def said(text: str) -> str:
    """A sentence: a capital letter in front, a full stop at the end."""
    text = text.strip()
    if not text:
        return text
    return text[:1].upper() + text[1:] + ("" if text[-1] in ".!?…" else ".")


def code(text: str) -> str:
    """One line of code, whatever backticks it holds."""
    flat = " ".join(text.split()) or " "
    fence = "`" * (max((len(run) for run in re.findall(r"`+", flat)), default=0) + 1)
    padding = " " if flat.startswith("`") or flat.endswith("`") else ""
    return f"{fence}{padding}{flat}{padding}{fence}"


def code_cell(text: str) -> str:
    """Code inside a table, where a bar would end the cell."""
    return code(text).replace("|", "\\|")


def block(text: str, language: str = "") -> str:
    """A fenced block."""
    fence = "`" * max(3, max((len(run) for run in re.findall(r"`+", text)), default=0) + 1)
    return f"{fence}{language}\n{text.rstrip()}\n{fence}"


def anchor(text: str) -> str:
    """The fragment that GitHub gives to a heading."""
    kept = "".join(c for c in text.lower() if c.isalnum() or c in " -_")
    return kept.replace(" ", "-")
