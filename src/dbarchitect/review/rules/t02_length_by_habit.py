"""A text has a length that gains nothing: `char(n)`, or `varchar(255)` by habit.

Why
    `char(n)` is padded with blanks that some operations count and others drop, takes more room and is not faster. The
    255 of `varchar(255)` comes from another database; here `text` is stored alike, and a limit that means something is
    better said by a check, which can be changed without a lock on readers.

    Codes of a fixed length (a country's two letters, a currency's three, or a text with a check) are left alone. The
    profile `house` uses `varchar` as the seed does, so that lengths are only found in the profile `modern`.

Fix
    Change the type to `text`, with a check where the length matters. Unsafe: `char(n)` compares without its trailing
    blanks, `text` with them.

Sources
    https://wiki.postgresql.org/wiki/Don%27t_Do_This#Don.27t_use_char.28n.29
    Seed: "Unlimited text", "Variable length, max 255", "Fixed length" (its reference of column types).
"""

from __future__ import annotations

from collections.abc import Iterator

from dbarchitect.facts.conditions import checks_of
from dbarchitect.facts.values import parts
from dbarchitect.model.finding import Finding
from dbarchitect.model.types import SqlType
from dbarchitect.review.demonstration import Do, Shows
from dbarchitect.review.mending import fixes
from dbarchitect.review.rule import Rule, drizzle, sql
from dbarchitect.review.subject import Subject

RULE = Rule("T02", "length-by-habit", "house", "info")

USUAL = SqlType("varchar", ("255",))
CODES = frozenset("country currency language locale hash checksum sha256 md5 bic iban isin color colour".split())


def check(subject: Subject) -> Iterator[Finding]:
    """Each char(n) that is no code of fixed length; each varchar(255) where lengths are out of favour."""
    for table in subject.schema.tables:
        for column in table.columns if not table.partition_of else ():
            if column.type.dimensions or column.type.schema:
                continue
            if column.type.name == "char" and not CODES & set(parts(column.name)):
                message = f"is {column.type.sql()}: PostgreSQL pads it with blanks"
            elif subject.profile == "modern" and column.type == USUAL:
                message = "is varchar(255): text is stored alike and has no arbitrary limit"
            else:
                continue
            if checks_of(table, column.name):
                continue
            mend = fixes.change_type(subject, table, column.name, SqlType("text"))
            named = f"{table.name}.{column.name}"
            yield RULE.finding(subject, table.column_address(column.name), f"{named} {message}", fixes=[mend])


EXAMPLES = (
    sql("create table items (id bigint primary key, code char(10) not null);\n", "column:public.items.code"),
    sql(
        "create table items (id bigint primary key, code text not null, country char(2), name varchar(255),\n"
        "  grade char(1) check (grade in ('a', 'b')));\n"
    ),
    drizzle(
        "import { char, integer, pgTable } from 'drizzle-orm/pg-core'\n"
        "export const things = pgTable('things', {\n  id: integer('id').primaryKey(),\n"
        "  code: char('code', { length: 10 }).notNull(),\n"
        "})\n",
        "column:public.things.code",
    ),
)
DEMONSTRATION = (
    Do("create table items (code char(10), bare text); insert into items values ('ab', 'ab')"),
    Shows("select octet_length(code), octet_length(bare), code || '|' from items", "10 | 2 | ab|",
          "ten bytes are stored, and the blanks go when it is joined to another text"),
    Shows("select code like 'ab', bare like 'ab' from items", "False | True", "and LIKE counts them"),
)  # fmt: skip
