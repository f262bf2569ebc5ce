"""Migration files that hold the way back, too: that part is blanked out, and offsets stay as they are."""

from __future__ import annotations

import re

_MARK = re.compile(
    r"""
    ^[ \t]*--[ \t]*(?:
        migrate:(?P<dbmate>up|down)\b
      | \+(?:goose|migrate|micrate)[ \t]+(?P<goose>up|down)\b
      | //[ \t]*@(?P<mybatis>undo)\b
      | @(?P<undo>undo)\b
      | --[ \t]*create[ \t]above[ \t]/[ \t](?P<tern>drop)[ \t]below
      | (?P<rollback>rollback)[ \t]*:?[ \t]*$
    )
    """,
    re.VERBOSE | re.MULTILINE | re.IGNORECASE,
)


def way_up(text: str) -> str:
    """The text with blanks for what undoes the migration.

    Known are the marks of dbmate (`-- migrate:down`), goose, sql-migrate and micrate (`-- +goose Down`), mybatis
    (`--//@UNDO`), tern (`---- create above / drop below ----`) and a bare `-- rollback`.
    """
    return _only(text, down=False)


def way_down(text: str) -> str:
    """The text with blanks for all but what undoes the migration; only blanks when nothing does."""
    return _only(text, down=True)


def _only(text: str, *, down: bool) -> str:
    if "--" not in text:  # most files hold no mark
        return _blank(text) if down else text
    parts: list[str] = []
    done, within = 0, False
    for match in _MARK.finditer(text):
        word = next(found for found in match.groups() if found is not None).lower()
        parts.append(text[done : match.start()] if within is down else _blank(text[done : match.start()]))
        done, within = match.start(), word != "up"
    parts.append(text[done:] if within is down else _blank(text[done:]))
    return "".join(parts)


def _blank(text: str) -> str:
    return "\n".join(" " * len(line) for line in text.split("\n"))
