"""The types that a brief may name: everyday ones and Drizzle's own column types, in one table.

What each becomes in PostgreSQL is decided in `design.meanings`; here stand the names, what else people call them, and
which arguments they take.
"""

from __future__ import annotations

import re
from functools import cache
from typing import Literal

from dbarchitect.records import dataclass

Kind = Literal["everyday", "drizzle"]
Argument = Literal["length", "precision", "scale"]


@dataclass(frozen=True, slots=True)
class Everyday:
    """One type of a brief.

    Args:
        name: the one spelling that `Attribute.type` holds.
        explanation: what it is, for people who write briefs.
        synonyms: other spellings, in lower case.
        kind: `everyday` for a meaning, `drizzle` for a column type of the seed's reference, by its builder's name.
        arguments: the numbers that may stand in parentheses behind it, in this order.
        modes: Drizzle's modes, one of which may stand there too.
    """

    name: str
    explanation: str
    synonyms: tuple[str, ...] = ()
    kind: Kind = "everyday"
    arguments: tuple[Argument, ...] = ()
    modes: tuple[str, ...] = ()


EVERYDAY: tuple[Everyday, ...] = (
    # words
    Everyday("name", "a short name of a thing", ("label", "short text"), arguments=("length",)),
    Everyday("title", "a headline", ("headline", "subject", "heading"), arguments=("length",)),
    Everyday("person name", "the name of a person, or a part of it", ("full name", "first name", "last name")),
    Everyday("long text", "several sentences without markup", ("description", "notes", "note", "paragraph", "comment")),
    Everyday("markdown", "text with markup", ("rich text", "formatted text", "body", "html")),
    Everyday("code", "an identifier that people type: an SKU, a number", ("sku", "reference", "identifier")),
    Everyday("slug", "the part of a web address that names a thing", ("url slug", "handle")),
    Everyday("tags", "a handful of short words", ("labels", "keywords")),
    Everyday("color", "a colour such as #1a2b3c", ("colour", "hex color")),
    # people and how to reach them
    Everyday("email", "an e-mail address, the same in upper and lower case", ("email address", "e-mail")),
    Everyday("phone", "a telephone number in international form", ("phone number", "telephone", "mobile", "fax")),
    Everyday("address", "a postal address in a few lines", ("postal address", "street address", "mailing address")),
    Everyday("postal code", "a postal code", ("zip", "zip code", "postcode")),
    Everyday("birth date", "a day in the past on which somebody was born", ("birthday", "date of birth", "birthdate")),
    Everyday("password", "the hash of a password, never the password", ("password hash", "hashed password")),
    Everyday("token", "the hash of a secret that a program shows", ("secret", "api key", "access token", "token hash")),
    # places on the net and on earth
    Everyday("url", "a web address", ("link", "website", "web address", "web page", "uri")),
    Everyday("ip address", "an IPv4 or IPv6 address", ("ip", "inet")),
    Everyday("country", "a country as its two-letter code (ISO 3166)", ("country code", "nationality")),
    Everyday("language", "a language tag such as en or pt-BR", ("language code", "locale")),
    Everyday("time zone", "a time zone such as Europe/Lisbon", ("timezone", "tz")),
    Everyday("coordinates", "a place as longitude and latitude", ("geo", "geolocation", "gps", "lat/lng", "point")),
    Everyday("latitude", "degrees north, from -90 to 90"),
    Everyday("longitude", "degrees east, from -180 to 180"),
    # numbers
    Everyday("money", "an exact amount of money, not negative unless said", ("price", "amount", "cost", "fee"),
             arguments=("precision", "scale")),
    Everyday("currency", "a currency as its three-letter code (ISO 4217)", ("currency code",)),
    Everyday("percent", "a percentage from 0 to 100", ("percentage", "%")),
    Everyday("rating", "whole stars from 1 to 5", ("stars",)),
    Everyday("quantity", "a whole number of pieces, never negative", ("count", "stock", "pieces", "number of")),
    Everyday("number", "a whole number", ("whole number",)),
    Everyday("decimal", "an exact number with a fraction", (), arguments=("precision", "scale")),
    Everyday("position", "a place in an order: 0, 1, 2 …", ("sort order", "rank", "sequence")),
    Everyday("weight", "a weight in kilograms, never negative", ("mass",)),
    Everyday("distance", "a length in metres, never negative", ("height", "width", "depth", "size in metres")),
    Everyday("temperature", "degrees Celsius", ("degrees",)),
    Everyday("year", "a year such as 2031", ("calendar year",)),
    # time
    Everyday("moment", "a point in time", ("date and time", "datetime", "instant", "date time")),
    Everyday("duration", "a span of time such as 90 minutes", ("time span", "interval")),
    Everyday("period", "a span between two moments", ("time range", "date range", "time slot")),
    # things
    Everyday("yes/no", "true or false", ("flag", "yes or no", "true or false", "checkbox")),
    Everyday("file", "a file in a store: its key, not its bytes", ("attachment", "document", "upload", "video")),
    Everyday("image", "a picture in a store: its key, not its bytes", ("photo", "picture", "avatar", "logo")),
    Everyday("settings", "a small structure that differs from row to row", ("metadata", "structure", "payload")),
    # Drizzle's own, by the names of the column reference
    Everyday("text", "unlimited text", ("string",), "drizzle"),
    Everyday("varchar", "text of at most n characters: varchar(200)", ("character varying",), "drizzle", ("length",)),
    Everyday("char", "text of exactly n characters: char(2)", ("character",), "drizzle", ("length",)),
    Everyday("smallint", "a whole number of 2 bytes", ("int2",), "drizzle"),
    Everyday("integer", "a whole number of 4 bytes", ("int", "int4"), "drizzle"),
    Everyday("bigint", "a whole number of 8 bytes: bigint(number)", ("int8",), "drizzle", (), ("number", "bigint")),
    Everyday("numeric", "an exact number: numeric(10, 2)", (), "drizzle", ("precision", "scale"),
             ("string", "number", "bigint")),
    Everyday("real", "a 4-byte approximate number", ("float4",), "drizzle"),
    Everyday("doublePrecision", "an 8-byte approximate number", ("double", "float", "float8"), "drizzle"),
    Everyday("uuid", "a UUID", ("guid",), "drizzle"),
    Everyday("boolean", "true or false", ("bool",), "drizzle"),
    Everyday("timestamp", "a date and time without time zone", ("timestamp without timezone",), "drizzle",
             ("precision",), ("date", "string")),
    Everyday("timestamp with timezone", "a point in time", ("timestamptz", "timestamp with time zone"), "drizzle",
             ("precision",), ("date", "string")),
    Everyday("date", "a day", ("day", "calendar date"), "drizzle", (), ("date", "string")),
    Everyday("time", "a time of day", ("time of day",), "drizzle", ("precision",)),
    Everyday("json", "a JSON text kept as written", (), "drizzle"),
    Everyday("jsonb", "a JSON value that can be searched", (), "drizzle"),
)  # fmt: skip


@cache
def spellings() -> dict[str, Everyday]:
    """Every spelling, folded by `fold`, with its type."""
    known = {fold(kind.name): kind for kind in EVERYDAY}
    for kind in EVERYDAY:
        for synonym in kind.synonyms:
            known.setdefault(fold(synonym), kind)
    return known


def fold(text: str) -> str:
    """A spelling without case, hyphens and surplus blanks: `Double-Precision` and `doublePrecision` are one."""
    spaced = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", text)
    return re.sub(r"[\s_-]+", " ", spaced).strip().lower()


def find(text: str) -> Everyday | None:
    """The type of that name or synonym in any case, or None."""
    return spellings().get(fold(text))
