"""Small things of English that reasons and comments need."""

from __future__ import annotations

from collections.abc import Iterable

from dbarchitect.design.blueprint import TableDraft
from dbarchitect.model.names import words

_ACRONYMS = {
    name: name.upper()
    for name in (
        "sku",
        "isbn",
        "iban",
        "vin",
        "vat",
        "ean",
        "upc",
        "url",
        "ip",
        "id",
        "bic",
        "ssn",
        "api",
        "gps",
        "pdf",
    )
}


def an(noun: str) -> str:
    """The noun with its article: `an order`, `a user`."""
    vowel = noun[:1].lower() in "aeiou" and not noun.lower().startswith(("uni", "use", "eu", "one"))
    return f"an {noun}" if vowel else f"a {noun}"


def capital(text: str) -> str:
    """The text with a capital at its beginning."""
    return text[:1].upper() + text[1:]


def things(table: TableDraft) -> str:
    """The rows of a table, in words: `order items`."""
    return " ".join(words(table.logical)) or table.logical


def spell(columns: Iterable[str]) -> str:
    """Columns in words: `customer and SKU`."""
    return " and ".join(
        " ".join(_ACRONYMS.get(word, word) for word in words(column.removesuffix("_id"))) or column
        for column in columns
    )
