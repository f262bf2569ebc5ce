"""An index is invalid: no query uses it.

Why
    `create index concurrently` that fails, by a duplicate, a timeout or a lost connection, leaves its index behind.
    Queries pass it over, a unique one guarantees nothing, and depending on how far it came each write still keeps it
    up.

Fix
    `reindex index concurrently`, or drop it and create it again. A unique one needs its duplicates gone first. Display
    only: it is not a matter of the schema's source.

Sources
    https://www.postgresql.org/docs/current/sql-createindex.html#SQL-CREATEINDEX-CONCURRENTLY
    Seed: "Index strategy and optimization".
"""

from __future__ import annotations

from collections.abc import Iterator

from dbarchitect.model.address import parse
from dbarchitect.model.finding import Finding
from dbarchitect.model.names import qualified
from dbarchitect.model.statistics import IndexStatistics, Statistics
from dbarchitect.review import measured
from dbarchitect.review.demonstration import Accepts, Do, Refuses, Shows
from dbarchitect.review.mending import fixes
from dbarchitect.review.rule import Example, Rule
from dbarchitect.review.subject import Subject

RULE = Rule("S04", "invalid-index", "fact", "error", needs="statistics")


def check(subject: Subject) -> Iterator[Finding]:
    """Each index that queries may not use."""
    known = subject.statistics.indexes if subject.statistics else {}
    for address, figures in sorted(known.items()):
        if figures.valid and figures.ready:
            continue
        schema, name = parse(address)[1]
        message = f"the index {name} ({measured.size(figures.bytes)}) is invalid: {_SAID[figures.ready]}"
        seen = measured.evidence(f"indisvalid = {figures.valid}, indisready = {figures.ready}".lower())
        again = f"REINDEX INDEX CONCURRENTLY {qualified(schema, name)}"
        mend = fixes.display("build it again, or drop it", again)
        yield RULE.finding(subject, address, message, evidence=seen, fixes=[mend])


_SAID = {True: "writes keep it up, and no query uses it", False: "no query uses it, and no write keeps it up"}

TABLE = (
    "create table users (id bigint primary key, email text);\ncreate unique index users_email_idx on users (email);\n"
)


def _seen(valid: bool) -> Statistics:
    figures = IndexStatistics("table:public.users", bytes=5 << 20, valid=valid)
    return Statistics({}, {"index:public.users_email_idx": figures}, 30.0)


EXAMPLES = (
    Example(
        {"schema.sql": TABLE}, ("index:public.users_email_idx",), statistics=_seen(False), title="indisvalid is false"
    ),
    Example({"schema.sql": TABLE}, (), statistics=_seen(True), title="it is true"),
)
DEMONSTRATION = (
    Do("create table users (id int, email text); insert into users values (1, 'a'), (2, 'a')"),
    Refuses("create unique index concurrently users_email_idx on users (email)", "23505", "there is a duplicate"),
    Shows(
        "select indisvalid from pg_index where indexrelid = 'users_email_idx'::regclass",
        "False",
        "the index is there all the same",
    ),
    Accepts("insert into users values (3, 'a')", "and keeps no third one out"),
)
