"""A password, token or key seems to be stored as it is.

Why
    Whoever reads the table, a backup, a log of slow queries or a replica gets secrets that work. A password is kept as
    the result of a password hash, a token that only comes back to be compared as its SHA-256, a key that must be used
    again is encrypted with a key that lies elsewhere.

    Only the name speaks, so this is no fact: the value may well be a hash or a ciphertext. Then a name such as
    `password_hash` or `token_encrypted` says so to the next reader; a comment that says so is believed. Tables of
    accounts and sessions that an authentication library prescribes (with a provider beside the password, a token
    with its time of expiry, a second factor with its backup codes) are information only: the library decides what
    it writes.

Fix
    Hash or encrypt in the application, rename the column. No edit is offered.

Sources
    https://cheatsheetseries.owasp.org/cheatsheets/Password_Storage_Cheat_Sheet.html
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from dbarchitect.facts.values import PROTECTED, is_secret, parts
from dbarchitect.model.column import Column
from dbarchitect.model.finding import Finding, Severity
from dbarchitect.model.names import singular
from dbarchitect.model.table import Table
from dbarchitect.review.rule import Rule, drizzle, sql
from dbarchitect.review.subject import Subject

RULE = Rule("T08", "plain-secret", "house", "warning")

LIBRARY = frozenset(
    ("session", "account", "verification", "authenticator", "invitation", "factor", "jwk", "jwks", "jwkss")
)
COMMENT = re.compile(r"//[^\n]*|/\*.*?\*/", re.DOTALL)
GUARDED = re.compile(r"\b(?:en)?crypted\b|\bciphertext\b|\bhashed\b|\bhash of\b", re.IGNORECASE)
BESIDE = frozenset(("providerid", "provider", "expiresat", "expires", "backupcodes", "publickey"))


def check(subject: Subject) -> Iterator[Finding]:
    """Each text that is called a secret and not a hash or ciphertext."""
    for table in subject.schema.tables:
        names = {parts(column.name) for column in table.columns}
        for column in table.columns if not table.partition_of else ():
            if not is_secret(column) or _has_guard(parts(column.name), names) or _is_said(subject, table, column):
                continue
            message = f"{table.name}.{column.name} reads as a secret in plain text: who reads a backup can use it"
            weight: Severity = "info" if _of_library(table) else "warning"
            yield RULE.finding(subject, table.column_address(column.name), message, severity=weight)


def _has_guard(name: tuple[str, ...], names: set[tuple[str, ...]]) -> bool:
    """Whether a column beside it shows that the value is encrypted: `token` with `token_iv`, or an `iv` of the row."""
    guards = {
        ("iv",),
        ("nonce",),
        ("auth", "tag"),
        ("key", "version"),
        ("encryption", "key", "id"),
        ("is", "encrypted"),
    }
    own = {(*name, guard) for guard in ("iv", "nonce", "tag", "salt", *PROTECTED & {"hash", "encrypted"})}
    return bool((guards | own) & names)


def _is_said(subject: Subject, table: Table, column: Column) -> bool:
    """Whether a comment says that the value is protected: one that names the column, or stands before or behind it."""
    declared, of = subject.declared_column(table.key, column.name), subject.declared_table(table.key)
    if declared is None or of is None or subject.declared is None or declared.span.file != of.span.file:
        return False
    lines = subject.declared.sources[of.span.file].text.split("\n")[: of.span.end.line]
    text = "\n".join(lines[of.span.start.line - 1 :])
    for found in COMMENT.finditer(text):
        first = of.span.start.line + text.count("\n", 0, found.start())
        last = first + found[0].count("\n")
        near = last == declared.span.start.line - 1 or first == declared.span.end.line
        if GUARDED.search(found[0]) and (near or re.search(rf"\b{re.escape(declared.key)}\b", found[0])):
            return True
    return False


def _of_library(table: Table) -> bool:
    last = singular("_".join(parts(table.name))).rpartition("_")[2]
    spelled = {"".join(parts(column.name)) for column in table.columns}
    return last in LIBRARY and bool(spelled & BESIDE)


EXAMPLES = (
    sql(
        "create table users (id bigint primary key, password text not null, api_key text);\n",
        "column:public.users.password",
        "column:public.users.api_key",
    ),
    sql(
        "create table users (id bigint primary key, password_hash text not null, token_prefix text, token_hash text,\n"
        "  access_token text, access_token_iv text, prompt_tokens integer, token_type text);\n",
        title="hashed, encrypted, counted",
    ),
    sql(
        "create table account (id text primary key, provider_id text not null, password text, access_token text);\n",
        "column:public.account.password",
        "column:public.account.access_token",
        title="the table of an authentication library: information",
    ),
    drizzle(
        "import { integer, pgTable, text } from 'drizzle-orm/pg-core'\n\n"
        "export const servers = pgTable('servers', {\n  id: integer('id').primaryKey(),\n"
        "  /** How we sign in. `clientSecret` is encrypted. */\n  clientId: text('client_id'),\n"
        "  clientSecret: text('client_secret'),\n  apiKey: text('api_key'), // encrypted with AES\n"
        "  // encrypted\n  token: text('token'),\n  password: text('password'),\n})\n",
        "column:public.servers.password",
        title="comments that say so",
    ),
)
