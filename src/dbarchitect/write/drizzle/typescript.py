"""Text of a user's, made safe inside the TypeScript that we write: strings, templates, comments, names.

Everything that comes from outside (names, descriptions, enum labels, SQL) passes through one of these
functions, and through nothing else, on its way into a `.ts` file (DESIGN section 8; issue 2, section 6: no
input can produce TypeScript that escapes its quotes).
"""

from __future__ import annotations

import textwrap
import unicodedata
from functools import lru_cache

# ECMAScript 2025, 12.7.2, with the words that strict mode and modules reserve on top, and the names that a
# module must not shadow to stay readable.
_RESERVED_WORDS = """
arguments as async await break case catch class const continue debugger default delete do else enum
eval export extends false finally for from function get if implements import in instanceof interface
let new null of package private protected public return set static super switch this throw true try
type typeof undefined var void while with yield
"""
RESERVED = frozenset(_RESERVED_WORDS.split())
_SIMPLE = {"\\": "\\\\", "\n": "\\n", "\r": "\\r", "\t": "\\t", "\b": "\\b", "\f": "\\f", "\v": "\\v"}
_PLAIN_CATEGORIES = frozenset({"L", "M", "N", "P", "S"})


def string(text: str) -> str:
    """The string literal whose value is `text`: single quotes, double ones where that saves escapes.

    Control characters, line separators, direction overrides and lone surrogates are written as escapes, so
    that what a reviewer sees is what the program reads. The choice of quotes is Biome's.
    """
    quote = '"' if text.count("'") > text.count('"') else "'"
    body = "".join("\\" + c if c == quote else _escaped(c) for c in text)
    return quote + body.replace("${", "\\x24{") + quote  # a placeholder in plain quotes looks like a mistake


def template(text: str) -> str:
    """`text` for the inside of a template literal: what stands between the backticks, without them."""
    body = "".join(c if c == "\n" else _escaped(c) for c in text)
    return body.replace("`", "\\`").replace("${", "\\${")


def comment_text(text: str) -> str:
    """`text` as one line that neither ends a block comment nor opens another one; safe after `//` as well."""
    line = "".join(c if _visible(c) else " " for c in text)
    line = " ".join(line.split())
    return line.replace("*/", "* /").replace("/*", "/ *").replace("*/", "* /")


def comment(text: str, *, indent: str = "", width: int = 100) -> str:
    """A JSDoc block with `text`, wrapped at `width` columns; blank lines in `text` separate paragraphs.

    `width` counts the columns of a line with its `indent`, which every line starts with.
    """
    prefix = f"{indent} * "
    room = max(width - len(prefix), 20)
    lines: list[str] = []
    for paragraph in _paragraphs(text):
        if lines:
            lines.append("")
        lines += textwrap.wrap(paragraph, room, break_long_words=False, break_on_hyphens=False)
    body = "\n".join((prefix + line).rstrip() for line in lines)
    return f"{indent}/**\n{body}\n{indent} */" if lines else f"{indent}/** */"


def line_comment(text: str, *, indent: str = "", width: int = 100) -> str:
    """`text` as one or more `// …` lines of at most `width` columns."""
    prefix = f"{indent}// "
    lines = textwrap.wrap(
        comment_text(text), max(width - len(prefix), 20), break_long_words=False, break_on_hyphens=False
    )
    return "\n".join(prefix + line for line in lines) or prefix.rstrip()


def identifier(text: str) -> str:
    """The nearest name that can be declared: `text` itself, or `text` with what is not allowed replaced.

    Two texts may give one identifier (`a-b` and `a_b`); whoever needs them apart resolves collisions.
    """
    name = "".join(c if _continues(c) else _spelled(c) for c in text)
    if not name or not _starts(name[0]):
        name = "_" + name
    return name + "_" if name in RESERVED else name


@lru_cache(maxsize=8192)
def is_identifier(text: str) -> bool:
    """Whether `text` may stand as a property name without quotes (reserved words may)."""
    return bool(text) and _starts(text[0]) and all(_continues(c) for c in text)


def property_key(text: str) -> str:
    """The key in an object literal or type whose value is `text`, quoted only where it must be."""
    if text == "__proto__":  # `{ __proto__: x }` and `{ '__proto__': x }` set the prototype instead of a property
        return "['__proto__']"
    return text if is_identifier(text) else string(text)


def member(owner: str, key: str) -> str:
    """`owner.key`, or `owner['key']` where `key` is no identifier."""
    return f"{owner}.{key}" if is_identifier(key) else f"{owner}[{string(key)}]"


def _paragraphs(text: str) -> list[str]:
    blocks = text.replace("\r\n", "\n").split("\n\n")
    return [cleaned for block in blocks if (cleaned := comment_text(block))]


def _escaped(character: str) -> str:
    if character in _SIMPLE:
        return _SIMPLE[character]
    if _visible(character):
        return character
    code = ord(character)
    if code < 0x100:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code < 0x10000 else f"\\u{{{code:x}}}"


def _visible(character: str) -> bool:
    """Space, joiners (Persian, emoji) and what has a shape; no controls, direction overrides, surrogates."""
    return character in " \u200c\u200d" or unicodedata.category(character)[0] in _PLAIN_CATEGORIES


def _starts(character: str) -> bool:
    return character == "$" or character.isidentifier()


def _continues(character: str) -> bool:
    return character == "$" or ("_" + character).isidentifier()


def _spelled(character: str) -> str:
    """`_` for what separates words, a code for what carries meaning (an emoji), so that names stay apart."""
    return f"u{ord(character):x}" if unicodedata.category(character)[0] == "S" and ord(character) > 0x7F else "_"
