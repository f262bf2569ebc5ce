"""What the values of a column stand for, told from its type and the words of its name, in a schema of other people's.

A reviewer that errs costs trust, so each answer needs a type that fits; what only design would guess is not here.
"""

from __future__ import annotations

from functools import lru_cache

from dbarchitect.model.column import Column
from dbarchitect.model.names import words
from dbarchitect.model.table import Table

MONEY = frozenset(
    "price amount balance cost fee salary wage revenue subtotal discount refund payment payout budget rent fare "
    "invoice spend".split()
)
NOT_MONEY = frozenset(
    "rate ratio percent percentage pct factor weight multiplier score count id type code tokens token quantity hours "
    "days minutes seconds ms index limit threshold number"
    .split()
)  # fmt: skip
PERCENT = frozenset("percent percentage pct".split())
RATING = frozenset("rating stars".split())
COUNTERS = frozenset(
    "count counter total attempts retries views likes downloads visits requests hits uses runs".split()
)
QUANTITY = frozenset("quantity qty stock seats capacity inventory".split())
LOGIN = frozenset(("username", "login", "handle", "nickname"))
SLUG = frozenset(("slug", "subdomain", "domain", "hostname"))
STATUS = frozenset("status state role type kind stage phase severity visibility priority level mode plan tier".split())
PLACE = frozenset("city country zip postcode street county region province address".split())
SECRET = frozenset("password passwd passphrase token secret".split())
SECRET_PAIRS = frozenset((("api", "key"), ("private", "key"), ("access", "key"), ("secret", "key"), ("signing", "key")))
PROTECTED = frozenset(
    "hash hashed digest encrypted encryption cipher ciphertext enc masked mask prefix suffix preview last hint salt "
    "id ids name type types url uri endpoint count counts limit expires expiry method version status reference ref "
    "public algorithm lock sync cursor page continuation csrf scope usage label description fingerprint path arn"
    .split()
)  # fmt: skip
MOMENT_BEFORE = frozenset(
    "created updated deleted removed modified inserted expires expired expiration published started starts finished "
    "ended ends completed cancelled canceled sent received accepted archived revoked verified scheduled closed opened "
    "paid approved rejected submitted activated joined seen login used run synced deployed uploaded read resolved"
    .split()
)  # fmt: skip
_OPENING = {"start": ("end", "finish"), "starts": ("ends",), "begin": ("end",), "begins": ("ends",),
            "from": ("to", "until", "through", "thru"), "min": ("max",), "minimum": ("maximum",),
            "checkin": ("checkout",), "lower": ("upper",), "low": ("high",)}  # fmt: skip
_OPENS = frozenset((*_OPENING, "in"))
_NUMBERS = frozenset(("integer", "decimal", "float"))


@lru_cache(maxsize=8192)
def parts(name: str) -> tuple[str, ...]:
    """The lower-case words of a name, `createdAt` and `created_at` alike."""
    return tuple(words(name))


def is_text(column: Column) -> bool:
    """Whether it holds one plain text: text, varchar, char."""
    return column.type.dimensions == 0 and column.type.name in ("text", "varchar", "char", "bpchar")


def is_number(column: Column) -> bool:
    """Whether it holds one number of any kind."""
    return column.type.dimensions == 0 and column.type.category in _NUMBERS


def is_moment(column: Column) -> bool:
    """Whether it holds one date or timestamp."""
    return column.type.dimensions == 0 and column.type.category in ("timestamp", "date")


def is_boolean(column: Column) -> bool:
    """Whether it holds yes or no."""
    return column.type.dimensions == 0 and column.type.name == "boolean"


def is_money(column: Column) -> bool:
    """Whether a number is an amount of money by its name; rates, shares and counts of tokens are not."""
    if not is_number(column):
        return False
    name = parts(column.name)
    return not MONEY.isdisjoint(name) and NOT_MONEY.isdisjoint(name)


def is_percent(column: Column) -> bool:
    """Whether a number is a percentage by its name."""
    return is_number(column) and not PERCENT.isdisjoint(parts(column.name))


def is_rating(column: Column) -> bool:
    """Whether a number is a rating that people give."""
    name = parts(column.name) if is_number(column) else ()
    return bool(name) and name[-1] in RATING and "count" not in name


def is_quantity(column: Column) -> bool:
    """Whether a number says how many there are of a thing."""
    name = parts(column.name) if is_number(column) else ()
    return bool(name) and name[-1] in QUANTITY


def is_counter(column: Column) -> bool:
    """Whether a number is counted up by its name: `retry_count`, `total_requests`."""
    name = parts(column.name) if is_number(column) else ()
    return bool(name) and (name[0] in COUNTERS or name[-1] in COUNTERS)


def is_email(column: Column) -> bool:
    """Whether a text is an e-mail address."""
    name = parts(column.name)
    return is_text(column) and (name[-1:] == ("email",) or name[-2:] == ("email", "address"))


def is_login(column: Column) -> bool:
    """Whether a text is a name that somebody logs in or is found by."""
    name = parts(column.name)
    return is_text(column) and (name[-1:] in {(word,) for word in LOGIN} or name == ("user", "name"))


def is_slug(column: Column) -> bool:
    """Whether a text is part of a web address."""
    return is_text(column) and bool(SLUG & set(parts(column.name)[-1:]))


def is_status(table: Table, column: Column) -> bool:
    """Whether a text is one of a few labels by its name; the state of an address and of a login flow are not."""
    name = parts(column.name)
    if not is_text(column) or not name or name[-1] not in STATUS:
        return False
    if name[-1] == "state":
        others = {word for other in table.columns for word in parts(other.name)}
        return not others & PLACE and not {"verifier", "nonce", "callback", "redirect"} & others
    return True


def is_secret(column: Column) -> bool:
    """Whether a text is a password, token or key that works for whoever reads it, by its name."""
    name = parts(column.name)
    if not is_text(column) or PROTECTED & set(name):
        return False
    return name[-1:] != () and (name[-1] in SECRET or name[-2:] in SECRET_PAIRS)


def is_clock_name(name: str) -> bool:
    """Whether a name such as `created_at` or `expiresAt` promises a moment."""
    spelled = parts(name)
    return len(spelled) >= 2 and spelled[-1] == "at" and spelled[-2] in MOMENT_BEFORE


def spans_of(table: Table) -> tuple[tuple[Column, Column], ...]:
    """Pairs of columns of one type that bound a span: (starts_at, ends_at), (valid_from, valid_to), (min_age, max_age).

    Their names differ in one word only, and that word opens in the one and closes in the other.
    """
    if all(_OPENS.isdisjoint(parts(column.name)) for column in table.columns):
        return ()
    comparable = [column for column in table.columns if is_moment(column) or is_number(column)]
    openings = [column for column in comparable if not _OPENS.isdisjoint(parts(column.name))]
    return tuple(
        (opening, closing)
        for opening in openings
        for closing in comparable
        if opening.type.category == closing.type.category
        and parts(opening.name)[-1:] != ("id",)
        and _bounds(parts(opening.name), parts(closing.name), moments=is_moment(opening))
    )


def _bounds(opening: tuple[str, ...], closing: tuple[str, ...], *, moments: bool) -> bool:
    if len(opening) != len(closing):
        return False
    differing = [(first, second) for first, second in zip(opening, closing, strict=True) if first != second]
    if len(differing) != 1:
        return False
    first, second = differing[0]
    if first == "from" and opening[-1] != "from" and not (moments and len(opening) == 2):
        return False  # from_index and to_index record a change
    return second in _OPENING.get(first, ()) or (first, second, opening[0]) == ("in", "out", "check")
