"""A value for a column of a seeded row, as TypeScript over the row's number `n`: plausible, and within every check."""

from __future__ import annotations

import re

from dbarchitect.model.names import words
from dbarchitect.model.types import SqlType
from dbarchitect.write.drizzle.column_rules import TableRules, ValueRule
from dbarchitect.write.drizzle.subject import Field, Subject
from dbarchitect.write.drizzle.typescript import string, template

_BY_MEANING = {
    "email": "`person${n + 1}@example.com`",
    "url": "`https://example.com/${n + 1}`",
    "phone": "`+1555${code(n, 7)}`",
    "color": "`#${code(n % 1_000_000, 6)}`",
    "postal code": "code(n % 100_000, 5)",
    "country": "pick(['DE', 'FR', 'US', 'JP', 'BR'], n)",
    "currency": "pick(['EUR', 'USD', 'JPY'], n)",
    "language": "pick(['en', 'de', 'fr', 'pt-BR'], n)",
    "time zone": "pick(['UTC', 'Europe/Berlin', 'America/New_York'], n)",
    "ip address": "`192.0.2.${n % 254}`",
    "person name": "`${pick(['Ada', 'Grace', 'Linus', 'Mary', 'Alan'], n)} Example ${n + 1}`",
    "password": "`not a real hash ${n + 1}`",
    "token": "`not a real token ${n + 1}`",
    "hash": "code(n, 32)",
    "file": "`files/${n + 1}.pdf`",
    "image": "`images/${n + 1}.png`",
    "address": "`${n + 1} Main Street`",
    "user agent": "'Mozilla/5.0 (example)'",
    "birth date": "day(n - 12_000)",
    "coordinates": "[(n % 360) - 180, (n % 180) - 90]",
    "external id": "`ext-${n + 1}`",
}
_UNIQUE = {  # where each row must have another one
    "country": "DE FR US JP BR AR AT AU BE CA CH CL CN CO CZ DK EG ES FI GB GR HU ID IE IL IN IS IT KE KR MA MX MY NG"
    " NL NO NZ PE PH PK PL PT RO SA SE SG TH TR UA VN ZA",
    "currency": "EUR USD JPY ARS AUD BRL CAD CHF CLP CNY COP CZK DKK EGP GBP HUF IDR ILS INR ISK KES KRW MAD MXN MYR"
    " NGN NOK NZD PEN PHP PKR PLN RON SAR SEK SGD THB TRY UAH VND ZAR",
    "language": "en de fr pt-BR ar cs da el es fi he hi hu id is it ja ko ms nb nl pl pt ro ru sv sw th tr uk vi zh",
    "time zone": "UTC Europe/Berlin America/New_York Africa/Cairo Africa/Lagos America/Bogota America/Chicago"
    " America/Denver America/Lima America/Los_Angeles America/Sao_Paulo Asia/Dubai Asia/Jakarta Asia/Kolkata"
    " Asia/Seoul Asia/Shanghai Asia/Singapore Asia/Tokyo Australia/Sydney Europe/Athens Europe/Istanbul"
    " Europe/Lisbon Europe/London Europe/Madrid Europe/Paris Europe/Rome Pacific/Auckland",
}  # fmt: skip
_FIXED = {
    "tstzrange": "`[${slot(n).toISOString()},${slot(n, 1).toISOString()})`",
    "tsrange": "`[${slot(n).toISOString()},${slot(n, 1).toISOString()})`",
    "daterange": "`[${day(n)},${day(n, 1)})`",
    "int4range": "`[${n},${n + 1})`", "int8range": "`[${n},${n + 1})`", "numrange": "`[${n},${n + 1})`",
    "int4multirange": "`{[${n},${n + 1})}`", "int8multirange": "`{[${n},${n + 1})}`",
    "nummultirange": "`{[${n},${n + 1})}`", "datemultirange": "`{[${day(n)},${day(n, 1)})}`",
    "tstzmultirange": "`{[${slot(n).toISOString()},${slot(n, 1).toISOString()})}`",
    "tsmultirange": "`{[${slot(n).toISOString()},${slot(n, 1).toISOString()})}`",
    "inet": "`192.0.2.${n % 254}`", "cidr": "`192.0.${n % 250}.0/24`", "macaddr": "`08:00:2b:01:02:${code(n % 90, 2)}`",
    "macaddr8": "`08:00:2b:01:02:03:04:${code(n % 90, 2)}`",
    "point": "[n % 90, n % 90]", "line": "[1, 2, n % 90]", "lseg": "`[(0,0),(${n},1)]`", "box": "`(1,1),(0,${n})`",
    "path": "`[(0,0),(${n},1)]`", "polygon": "`((0,0),(${n},1),(1,1))`", "circle": "`<(0,0),${n + 1}>`",
    "xml": "`<row n=\"${n}\"/>`", "hstore": "`n=>${n}`", "ltree": "`top.n${n}`", "jsonpath": "'$.name'",
    "tsquery": "'word'", "tsvector": "'word'", "money": "`${n}.00`", "oid": "n + 1",
    "bytea": "new Uint8Array([n % 256])", "varbit": "'1'", "interval": "`${(n % 8) + 1} hours`",
}  # fmt: skip
_WHOLE_MAX = {"smallint": 32_767, "integer": 2_147_483_647, "bigint": 9_007_199_254_740_991}


def sample(subject: Subject, field: Field, rules: TableRules) -> str | None:
    """TypeScript for a value of the column; None when its default (or NULL) is the only value that we know.

    Args:
        subject: the table.
        field: its column, which refers to no other table.
        rules: what its checks say.
    """
    kind = field.column.type
    rule = rules.of(field.column.name)
    listed = rule.values or _labels(subject, kind) or _lookup_values(subject, field) or field.intent.values
    if listed:
        return _listed(subject, field, listed)
    if kind.dimensions:
        return _array(field, rule)
    if kind.schema is not None:
        domain = next(
            (d for d in subject.project.schema.domains if (d.schema, d.name) == (kind.schema, kind.name)), None
        )
        return _plain(subject, field, domain.base, rule, rules) if domain else None
    return _plain(subject, field, kind, rule, rules)


def _labels(subject: Subject, kind: SqlType) -> tuple[str, ...]:
    enums = subject.project.schema.enums
    return next((enum.labels for enum in enums if (enum.schema, enum.name) == (kind.schema, kind.name)), ())


def _lookup_values(subject: Subject, field: Field) -> tuple[str, ...]:
    """The codes of a lookup's rows, for the column that keeps them."""
    is_code = field.column.name in ("code", "key", "name", "value", "label")
    return subject.intent.values if is_code and field.column.type.name in ("varchar", "text", "char") else ()


def _listed(subject: Subject, field: Field, values: tuple[str, ...]) -> str:
    options = ", ".join(string(value) for value in values)
    if field.column.type.dimensions:
        return f"[pick([{options}], n)]"
    if subject.intent.values and subject.tenant is not None:
        return f"pick([{options}], Math.floor(n / TENANTS))"
    return f"pick([{options}], n)"


def _array(field: Field, rule: ValueRule) -> str | None:
    kind = field.column.type
    if kind.dimensions > 1 or kind.schema is not None:
        return None
    one = {
        "text": "`word ${n % 7}`", "integer": "n", "decimal": "'1.00'", "float": "n", "boolean": "true",
        "uuid": "'00000000-0000-7000-8000-000000000001'",
    }.get(kind.category)  # fmt: skip
    if one is None or (kind.category == "text" and kind.arguments and int(kind.arguments[0]) < 8):
        return None
    return "[" + ", ".join([one] * max(rule.shortest or 1, 1)) + "]"


def _plain(subject: Subject, field: Field, kind: SqlType, rule: ValueRule, rules: TableRules) -> str | None:
    if field.column.identity is not None and field not in subject.whole_key:
        return None
    category = kind.category
    rank = _rank(field.column.name, rules)
    if category == "text":
        return _text(subject, field, kind, rule)
    if category in ("integer", "float") and kind.name != "oid":
        return _whole(subject, field, kind, rule, rank)
    if category == "decimal" and kind.name == "numeric":
        return _decimal(field, kind, rule, rank)
    if category == "boolean":
        return "n % 2 === 0" if _unique(subject, field) else "n % 4 !== 0"
    if category == "uuid":
        return f"id('{subject.names.logical}', n)"
    if category == "json":
        return _json(field)
    if category in ("timestamp", "date", "time"):
        return _moment(subject, field, kind, rank)
    if kind.name == "bit":
        return string("1" * int((kind.arguments or ("1",))[0]))
    if category == "vector":
        size = int((kind.arguments or ("1",))[0])
        value = f"Array.from({{ length: {size} }}, (_, place) => (n + place) % 10)"
        return value if kind.name != "sparsevec" else f"`{{1:1}}/{size}`"
    return _FIXED.get(kind.name)


def _text(subject: Subject, field: Field, kind: SqlType, rule: ValueRule) -> str:
    longest = min(int(kind.arguments[0]) if kind.arguments else 10**6, rule.longest or 10**6)
    meaning = field.intent.meaning
    if rule.patterns and meaning not in _BY_MEANING:
        found = _matching(rule.patterns[0], subject, longest)
        if found is not None:
            return found
    if meaning in _UNIQUE and _unique(subject, field):
        options = ", ".join(string(text) for text in _UNIQUE[meaning].split())
        return f"pick([{options}], n)"
    value = _BY_MEANING.get(meaning) or _by_name(subject, field, longest)
    room = 40 if meaning not in ("country", "language", "currency", "code", "color", "postal code") else 7
    if longest < room and meaning not in ("country", "language", "currency", "color", "phone"):
        value = f"code(n, {longest})"
    if rule.shortest and rule.shortest > 8:
        value = f"{value}.padEnd({rule.shortest}, '.')"
    if kind.name == "char" and kind.arguments and meaning not in _BY_MEANING:
        value = f"code(n, {kind.arguments[0]})"
    return f"{value}.toLowerCase()" if rule.lower and value != _BY_MEANING["email"] else value


def _by_name(subject: Subject, field: Field, longest: int) -> str:
    last = (words(field.column.name) or ["text"])[-1]
    if field.intent.meaning == "slug" or last == "slug":
        return f"`{template('-'.join(_ascii(subject.one)))}-${{n + 1}}`"
    if last in ("name", "title", "label"):
        return f"`{template(_short(subject.one[:1].upper() + subject.one[1:]))} ${{n + 1}}`"
    if last == "mime_type" or last == "type":
        return "'application/pdf'"
    if field.intent.meaning == "code" or last in ("number", "sku", "code", "reference"):
        initials = "".join(word[0] for word in _ascii(subject.one)).upper()
        return f"`{'SKU' if last == 'sku' else initials}-${{code(n, 6)}}`"
    noun = _short(f"{field.words[:1].upper()}{field.words[1:]} of {subject.one}", 60)
    return f"`{template(noun)} ${{n + 1}}`" if longest > 80 else f"`{template(_short(field.words))} ${{n + 1}}`"


def _short(text: str, most: int = 28) -> str:
    return text[:most].strip()


def _ascii(text: str) -> list[str]:
    return [word for word in words(text) if word.isascii() and word.isalnum()] or ["row"]


_CANDIDATES = (
    ("row-${n + 1}", "row-7"), ("row_${n + 1}", "row_7"), ("ROW-${code(n, 6)}", "ROW-000007"), ("r${n + 1}", "r7"),
    ("R${n + 1}", "R7"), ("${code(n, 2)}", "07"), ("${code(n, 3)}", "007"), ("${code(n, 4)}", "0007"),
    ("${code(n, 5)}", "00007"), ("${code(n, 6)}", "000007"), ("${code(n, 8)}", "00000007"),
    ("${code(n, 10)}", "0000000007"), ("${code(n, 12)}", "000000000007"), ("${code(n, 13)}", "0000000000007"),
    ("A${code(n, 5)}", "A00007"), ("AB${code(n, 6)}", "AB000007"), ("ABC${code(n, 4)}", "ABC0007"),
    ("AB-${code(n, 4)}", "AB-0007"), ("ABC-${code(n, 4)}", "ABC-0007"), ("+1555${code(n, 7)}", "+15550000007"),
    ("https://example.com/${n + 1}", "https://example.com/7"), ("row ${n + 1}", "row 7"), ("a", "a"), ("abc", "abc"),
    ("A", "A"), ("AB", "AB"), ("ABC", "ABC"), ("en", "en"), ("1.0.${n}", "1.0.7"), ("#0000ff", "#0000ff"),
)  # fmt: skip


def _matching(pattern: str, subject: Subject, longest: int) -> str | None:
    """A text that a regular expression of the user's accepts, from a list of common forms."""
    from dbarchitect.write.drizzle.validation import regular_expression

    translated = regular_expression(pattern)
    if translated is None or not translated.startswith("/"):
        return None
    try:
        expression = re.compile(translated[1:-1].replace("\\/", "/"))
    except re.error:
        return None
    own = "-".join(_ascii(subject.one))
    for text, example in ((f"{own}-${{n + 1}}", f"{own}-7"), *_CANDIDATES):
        if len(example) + 6 <= longest + 6 * ("$" not in text) and expression.search(example):
            return f"`{text}`" if "$" in text else string(text)
    return None


def _whole(subject: Subject, field: Field, kind: SqlType, rule: ValueRule, rank: int) -> str:
    low = _number(rule.minimum, 0) + rule.above
    most = _WHOLE_MAX.get(kind.name, 1_000_000)
    high = _number(rule.maximum, min(low + 99, most)) - rule.below
    if _unique(subject, field) and rule.maximum is None:
        return f"n + {low}" if low else "n"
    if _unique(subject, field) and field.intent.mode != "bigint" and high > low:
        return f"(n % {high - low + 1}) + {low}"
    if field.intent.mode == "bigint":
        return f"BigInt(n % {max(high - low + 1, 1)} + {low})"
    if rank:
        return f"whole({low}, {high}, n) + {100 * rank}" if rule.maximum is None else str(high)
    return f"whole({low}, {high}, n)"


def _decimal(field: Field, kind: SqlType, rule: ValueRule, rank: int) -> str:
    precision, scale = (int(text) for text in (*kind.arguments, "0")[:2]) if kind.arguments else (10, 2)
    most = 10 ** max(precision - scale, 0) - 1
    low = _number(rule.minimum, 0, whole=False) + (10**-scale if rule.above else 0)
    high = _number(rule.maximum, min(low + 499, most), whole=False)
    high = high - 10**-scale if rule.below else high
    if rank and rule.maximum is None:
        low, high = low + 500 * rank, high + 500 * rank
    if high <= low and not rule.maximum:
        high = low
    return {
        "number": f"Number(decimal({low:g}, {high:g}, {scale}, n))",
        "bigint": f"BigInt(Math.trunc(Number(decimal({low:g}, {high:g}, 0, n))))",
    }.get(field.intent.mode, f"decimal({low:g}, {high:g}, {scale}, n)")


def _number(text: str | None, otherwise: float, *, whole: bool = True) -> int:
    if text and re.fullmatch(r"-?\d+(\.\d+)?", text):
        return int(float(text)) if whole else float(text)  # type: ignore[return-value]
    return otherwise  # type: ignore[return-value]


def _unique(subject: Subject, field: Field) -> bool:
    keys = [unique.columns for unique in subject.table.uniques]
    keys += [index.columns for index in subject.table.indexes if index.unique]
    return any(field.column.name in columns for columns in keys)


def _moment(subject: Subject, field: Field, kind: SqlType, rank: int) -> str:
    booked = any(
        re.search(rf"\b{re.escape(field.column.name)}\b", element.expression or element.column or "")
        for exclusion in subject.table.exclusions
        for element in exclusion.elements
    )
    later = f", {rank}" if rank else ""
    if kind.category == "time":
        return f"clock(n{later})"
    if kind.name == "date":
        value = f"day(n{later})" if not booked else f"day(n * 3{later})"
        return f"new Date({value})" if field.intent.mode == "date" else value
    value = f"slot(n{later})" if booked else f"at(n{later})"
    return f"{value}.toISOString()" if field.intent.mode == "string" else value


def _rank(column: str, rules: TableRules) -> int:
    """How many columns must come before this one: 0 for a start, 1 for its end."""
    smaller = {"<": "left", "<=": "left", ">": "right", ">=": "right"}
    rank, current, seen = 0, column, {column}
    while True:
        before = next(
            (
                pair.left if smaller[pair.operator] == "left" else pair.right
                for pair in rules.pairs
                if pair.operator in smaller
                and current == (pair.right if smaller[pair.operator] == "left" else pair.left)
            ),
            None,
        )
        if before is None or before in seen:
            return rank
        rank, current = rank + 1, before
        seen.add(before)


def _json(field: Field) -> str | None:
    wanted = field.intent.typescript or "unknown"
    if wanted == "unknown" or wanted.startswith("Record<string, unknown"):
        return "{ note: `example ${n + 1}` }"
    if wanted.endswith("[]"):
        return "[]"
    return None if field.column.nullable or field.column.default else "{} as never"
