"""What everyday types become in PostgreSQL: type, check, default, and what people know about the column.

Names of types are those of `design.brief.everyday`; reference/design.md section 4 (C03, C04, T01-T08) has the reasons.
"""

from __future__ import annotations

from dbarchitect.model.types import SqlType
from dbarchitect.records import dataclass


@dataclass(frozen=True, slots=True)
class Meaning:
    """One everyday type.

    Args:
        name: as `Attribute.type` and `ColumnIntent.meaning` hold it.
        type: under profile `house`.
        check: a condition with `{c}` for the column, or ''.
        minimum: smallest value, as SQL; becomes a check.
        maximum: largest value, as SQL; becomes a check.
        required: whether a row needs a value when the brief does not say.
        default: SQL, when a value makes sense without asking.
        personal: personal data.
        typescript: the type of a jsonb value.
        suffix: what the column's name gets behind it, because that is what is stored.
        unique: a business key wherever it stands, when the type was guessed from the name.
        because: why this type; '' when nobody would ask.
    """

    name: str
    type: SqlType
    check: str = ""
    minimum: str | None = None
    maximum: str | None = None
    required: bool = True
    default: str | None = None
    personal: bool = False
    typescript: str | None = None
    suffix: str = ""
    unique: bool = False
    because: str = ""


def _text(length: int) -> SqlType:
    return SqlType("varchar", (str(length),))


def _exact(precision: int, scale: int) -> SqlType:
    return SqlType("numeric", (str(precision), str(scale)))


def _plain(name: str) -> SqlType:
    return SqlType(name)


EMAIL_CHECK = "{c} = lower({c}) and {c} ~ '^[^@[:space:]]+@[^@[:space:]]+$'"
EMAIL_SHAPE = "{c} ~ '^[^@[:space:]]+@[^@[:space:]]+$'"

_MEANINGS = (
    Meaning("name", _text(255)),
    Meaning("title", _text(255)),
    Meaning("person name", _text(255), personal=True),
    Meaning("long text", _plain("text"), required=False),
    Meaning("markdown", _plain("text"), required=False),
    Meaning("code", _text(100)),
    Meaning("slug", _text(255), "{c} ~ '^[a-z0-9]+(-[a-z0-9]+)*$'", unique=True,
            because="Slugs stand in web addresses: lower case and hyphens only, so that two spellings cannot name "
                    "one thing."),
    Meaning("tags", SqlType("text", (), 1), default="'{}'::text[]",
            because="A handful of words without attributes of their own; an array with GIN finds them. "
                    "Make it an entity when a tag needs a name in two languages or a page."),
    Meaning("color", _text(7), "{c} ~ '^#[0-9a-f]{{6}}$'", required=False),
    Meaning("email", _text(320), EMAIL_CHECK, personal=True),
    Meaning("phone", _text(16), "{c} ~ '^[+][1-9][0-9]{{6,14}}$'", required=False, personal=True,
            because="E.164 keeps one spelling for one line, so numbers can be compared and dialled."),
    Meaning("address", _plain("text"), required=False, personal=True),
    Meaning("postal code", _text(20), required=False, personal=True),
    Meaning("birth date", _plain("date"), minimum="date '1900-01-01'", required=False, personal=True),
    Meaning("password", _text(255), personal=True, suffix="hash",
            because="Only the hash is stored; a plain password in a table is lost with the first backup."),
    Meaning("token", _text(255), suffix="hash", unique=True,
            because="Only the hash is stored, so that reading the table does not hand out working secrets."),
    Meaning("url", _text(2048), "{c} ~ '^https?://'", required=False),
    Meaning("ip address", _plain("inet"), required=False, personal=True),
    Meaning("country", SqlType("char", ("2",)), "{c} ~ '^[A-Z]{{2}}$'"),
    Meaning("language", _text(35), "{c} ~ '^[a-z]{{2,3}}(-[A-Za-z0-9]{{2,8}})*$'"),
    Meaning("time zone", _text(64)),
    Meaning("coordinates", _plain("point"), "{c}[0] between -180 and 180 and {c}[1] between -90 and 90",
            required=False),
    Meaning("latitude", _exact(9, 6), minimum="-90", maximum="90", required=False),
    Meaning("longitude", _exact(9, 6), minimum="-180", maximum="180", required=False),
    Meaning("money", _exact(12, 2), minimum="0"),
    Meaning("currency", SqlType("char", ("3",)), "{c} ~ '^[A-Z]{{3}}$'"),
    Meaning("percent", _exact(5, 2), minimum="0", maximum="100"),
    Meaning("rating", _plain("smallint"), minimum="1", maximum="5"),
    Meaning("quantity", _plain("integer"), minimum="0"),
    Meaning("number", _plain("integer")),
    Meaning("decimal", _exact(18, 4)),
    Meaning("position", _plain("integer"), minimum="0", default="0"),
    Meaning("weight", _exact(10, 3), minimum="0", required=False),
    Meaning("distance", _exact(12, 3), minimum="0", required=False),
    Meaning("temperature", _exact(6, 2), required=False),
    Meaning("year", _plain("smallint"), minimum="1000", maximum="9999"),
    Meaning("moment", _plain("timestamptz"), required=False),
    Meaning("duration", _plain("interval"), minimum="interval '0'", required=False),
    Meaning("period", _plain("tstzrange")),
    Meaning("yes/no", _plain("boolean"), default="false"),
    Meaning("file", _text(1024), suffix="key"),
    Meaning("image", _text(1024), required=False, suffix="key"),
    Meaning("settings", _plain("jsonb"), "jsonb_typeof({c}) = 'object'", default="'{}'::jsonb",
            typescript="Record<string, unknown>"),
    # Drizzle's own
    Meaning("text", _plain("text")),
    Meaning("varchar", _text(255)),
    Meaning("char", SqlType("char", ("1",))),
    Meaning("smallint", _plain("smallint")),
    Meaning("integer", _plain("integer")),
    Meaning("bigint", _plain("bigint")),
    Meaning("numeric", _plain("numeric")),
    Meaning("real", _plain("real")),
    Meaning("doublePrecision", _plain("double precision")),
    Meaning("uuid", _plain("uuid")),
    Meaning("boolean", _plain("boolean")),
    Meaning("timestamp", _plain("timestamptz")),
    Meaning("timestamp with timezone", _plain("timestamptz")),
    Meaning("date", _plain("date")),
    Meaning("time", _plain("time")),
    Meaning("json", _plain("json"), typescript="unknown"),
    Meaning("jsonb", _plain("jsonb"), typescript="unknown"),
    # guessed from names only
    Meaning("hash", _text(128)),
    Meaning("external id", _text(255), required=False),
    Meaning("age", _plain("smallint"), minimum="0", maximum="150", required=False),
    Meaning("month", _plain("smallint"), minimum="1", maximum="12"),
    Meaning("version", _plain("integer"), minimum="1", default="1"),
    Meaning("score", _exact(10, 2), required=False),
    Meaning("status", _text(50)),
    Meaning("user agent", _plain("text"), required=False, personal=True),
    Meaning("", _text(255)),
)  # fmt: skip

MEANINGS: dict[str, Meaning] = {meaning.name: meaning for meaning in _MEANINGS}

DRIZZLE_TYPES = frozenset(
    ("text", "varchar", "char", "smallint", "integer", "bigint", "numeric", "real", "doublePrecision", "uuid",
     "boolean", "timestamp", "timestamp with timezone", "date", "time", "json", "jsonb")
)  # fmt: skip
"""Types that the brief named exactly: their length is kept under every profile, and they carry no meaning."""
