"""Where things stand in a TypeScript file: a scanner of brackets, strings and comments, not a parser.

It finds import clauses, re-exports, declared names and the entries of object literals, so that edits can be spans.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from dbarchitect.records import dataclass

_OPEN = {"(": ")", "[": "]", "{": "}"}
_FROM = re.compile(
    r"""^(?P<head>import|export)\s+(?P<type>type\s+)?(?P<names>\{[^}]*\}|\*(?:\s+as\s+[\w$]+)?|[\w$]+(?:\s*,\s*\{[^}]*\})?)
        \s*from\s*(?P<quote>['"])(?P<module>[^'"\n]+)(?P=quote)[ \t]*;?""",
    re.MULTILINE | re.VERBOSE,
)
_DECLARED = re.compile(
    r"^(?:export\s+)?(?:declare\s+)?(?:const|let|var|(?:async\s+)?function\*?|(?:abstract\s+)?class|type|interface|enum)"
    r"\s+([\w$]+)",
    re.MULTILINE,
)


@dataclass(frozen=True, slots=True)
class Clause:
    """An import or a re-export.

    Args:
        start: offset of its first character.
        end: offset after its last one, the semicolon included.
        exports: whether it is a re-export.
        type_only: `import type`.
        names: (name, local name) of what is listed in braces; types among them keep their word: `type X`.
        star: everything, `*` or `* as name`.
        default: the local name of the default import, or ''.
        module: the specifier.
    """

    start: int
    end: int
    exports: bool
    type_only: bool
    names: tuple[tuple[str, str], ...]
    star: bool
    default: str
    module: str


def blanked(text: str) -> str:
    """`text` with every comment, string and template filled with blanks, at the same offsets."""
    out = list(text)
    for start, end in _quiet(text):
        for place in range(start, end):
            if out[place] != "\n":
                out[place] = " "
    return "".join(out)


def clauses(text: str) -> tuple[Clause, ...]:
    """The import and re-export clauses of a file, in order; those inside comments and strings left out."""
    bare = blanked(text)
    found = []
    for match in _FROM.finditer(text):
        if bare[match.start() : match.start() + 6] != match["head"]:
            continue
        names = match["names"]
        listed = re.search(r"\{([^}]*)\}", names)
        pairs = tuple(_pair(part) for part in listed[1].split(",") if part.strip()) if listed else ()
        first = names.split("{")[0].rstrip(", \n\t")
        found.append(
            Clause(
                match.start(), match.end(), match["head"] == "export", bool(match["type"]), pairs,
                names.startswith("*"), first if re.fullmatch(r"[\w$]+", first) else "", match["module"],
            )
        )  # fmt: skip
    return tuple(found)


def declared(text: str) -> frozenset[str]:
    """The names that a file declares at its top level."""
    return frozenset(match[1] for match in _DECLARED.finditer(blanked(text)))


def local_names(text: str) -> frozenset[str]:
    """The names that a file declares or imports."""
    imported = set()
    for clause in clauses(text):
        if not clause.exports:
            imported |= {local.removeprefix("type ") for _, local in clause.names} | {clause.default} - {""}
    stars = re.findall(r"^import\s+(?:type\s+)?\*\s+as\s+([\w$]+)", text, re.MULTILINE)
    return frozenset(imported | set(stars)) | declared(text)


def closing(bare: str, start: int) -> int:
    """Offset of the bracket that closes the one at `start`; -1 when there is none. `bare` comes from `blanked`."""
    stack = []
    for place in range(start, len(bare)):
        character = bare[place]
        if character in _OPEN:
            stack.append(_OPEN[character])
        elif stack and character == stack[-1]:
            stack.pop()
            if not stack:
                return place
    return -1


def parts(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """The pieces between `start` and `end` that commas of the outermost level divide, trimmed, as offsets."""
    bare = blanked(text)
    depth, begin = 0, start
    for place in range(start, end + 1):
        character = bare[place] if place < end else ","
        if character in "([{":
            depth += 1
        elif character in ")]}":
            depth -= 1
        elif character == "," and depth == 0:
            span = _trimmed(bare, begin, place)
            if span:
                yield span
            begin = place + 1


def entries(text: str, brace: int) -> dict[str, str]:
    """The entries of the object literal that opens at `brace`: key to expression; `...x` to '' for a spread."""
    end = closing(blanked(text), brace)
    found = {}
    for start, stop in parts(text, brace + 1, end) if end > 0 else ():
        piece = text[start:stop]
        match = re.match(r"(?:([\w$]+)|(['\"])(.+?)\2)\s*:\s*", piece)
        if piece.startswith("..."):
            found[piece] = ""
        elif match:
            found[match[1] or match[3]] = piece[match.end() :]
    return found


def value_of(text: str, name: str) -> int:
    """Offset of the value that `const name` is declared with; -1 when there is none."""
    match = re.search(rf"^(?:export\s+)?(?:const|let|var)\s+{re.escape(name)}\s*(?::[^=\n]+)?=\s*", text, re.MULTILINE)
    return match.end() if match else -1


def _pair(part: str) -> tuple[str, str]:
    name, _, local = part.strip().partition(" as ")
    return name.strip(), (local or name).strip()


def _trimmed(bare: str, start: int, end: int) -> tuple[int, int] | None:
    while start < end and bare[start].isspace():
        start += 1
    while end > start and bare[end - 1].isspace():
        end -= 1
    return (start, end) if start < end else None


def _quiet(text: str) -> Iterator[tuple[int, int]]:
    """The spans of comments and of the insides of strings and templates (templates whole, their values included)."""
    place = 0
    while place < len(text):
        two = text[place : place + 2]
        if two == "//":
            end = text.find("\n", place)
            end = len(text) if end < 0 else end
            yield place, end
            place = end
        elif two == "/*":
            end = text.find("*/", place + 2)
            end = len(text) if end < 0 else end + 2
            yield place, end
            place = end
        elif text[place] in "'\"`":
            end = _string_end(text, place)
            yield place + 1, end - 1
            place = end
        else:
            place += 1


def _string_end(text: str, start: int) -> int:
    """Offset after the quote that ends the string or template at `start`."""
    quote, place = text[start], start + 1
    while place < len(text):
        if text[place] == "\\":
            place += 2
        elif text[place] == quote:
            return place + 1
        elif quote != "`" and text[place] == "\n":
            return place
        elif quote == "`" and text[place : place + 2] == "${":
            place = _value_end(text, place + 2)
        else:
            place += 1
    return len(text)


def _value_end(text: str, start: int) -> int:
    """Offset after the brace that ends a template's value."""
    depth, place = 1, start
    while place < len(text) and depth:
        if text[place] in "'\"`":
            place = _string_end(text, place)
            continue
        depth += (text[place] == "{") - (text[place] == "}")
        place += 1
    return place
