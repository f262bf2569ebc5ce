"""What names alone tell. Weak evidence: rules combine it with types, keys and references."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from functools import cached_property, lru_cache

from dbarchitect.facts.lookup import Key, Lookup
from dbarchitect.model.names import singular, words
from dbarchitect.model.table import Table

Words = tuple[str, ...]

TRAILS = frozenset(
    "activity archive audit backup changelog check delivery event execution heartbeat history journal log metric ping "
    "notification outbox reading run sample snapshot stat telemetry trace track trail usage view visit webhook".split()
)
"""Last words of tables whose rows say what happened, and may outlive what they speak of."""
FOREIGN = frozenset(
    "ai amazon apple auth0 aws azure bitbucket clerk client convex correlation discord docker dodo external facebook "
    "figma firebase foreign gcp github gitea gitlab gmail google hubspot idempotency intercom jira kafka legacy "
    "lemonsqueezy linear linkedin mailgun meta microsoft notion oauth okta openai oidc paddle paypal plaid polar "
    "posthog provider remote request resend saml salesforce sendgrid sentry session shopify slack span stripe supabase "
    "teams telegram third trace twilio twitter vendor vercel whatsapp x zendesk".split()
)
"""Words that say that an id was given by somebody else."""
ROLES = frozenset(
    "actor added after alternate approved approver archived assigned assignee author banned base before billing by "
    "cancelled changed closed completed confirmed copied created creator current default deleted destination done "
    "edited entered fallback first forked former from generated home impersonated initial invited inviter issued last "
    "latest linked locked main managed manager merged modified new next old opened origin original other owned owner "
    "parent pinned posted preferred prev previous primary published receiver recipient referred referrer rejected "
    "related removed replaced reported requested resolved reviewed reviewer root secondary selected sender sent "
    "shipping signed source started submitted target to transferred triggered updated uploaded used verified".split()
)
"""Words before a table's name that say in which role its row is meant."""
PEOPLE = frozenset("user customer client member employee contact profile patient student buyer seller".split())
"""Last words of tables whose rows are people."""
_SUPABASE = frozenset(
    "id instance_id aud role email encrypted_password email_confirmed_at invited_at confirmation_token "
    "confirmation_sent_at recovery_token recovery_sent_at email_change email_change_sent_at last_sign_in_at "
    "raw_app_meta_data raw_user_meta_data is_super_admin created_at updated_at phone phone_confirmed_at phone_change "
    "confirmed_at banned_until reauthentication_token reauthentication_sent_at is_sso_user deleted_at "
    "is_anonymous".split()
)
"""Columns of Supabase's `auth.users`."""
_MARKS = frozenset(("instance_id", "aud", "raw_app_meta_data", "raw_user_meta_data", "is_sso_user"))
_KEY_WORDS = ("id", "uuid", "guid")


class Naming:
    """Answers about the names of one schema; every answer is computed at most once."""

    def __init__(self, facts: Lookup) -> None:
        self.facts = facts
        self._names: dict[tuple[str, str], frozenset[Words]] = {}

    @cached_property
    def prefix(self) -> str | None:
        """The first word that nearly all tables share, such as `app` of `app_users`; None when there is none."""
        firsts = Counter(parts[0] for table in self.facts.schema.tables if len(parts := words(table.name)) > 1)
        best = sorted(firsts.items(), key=lambda item: (-item[1], item[0]))
        if best and best[0][1] >= max(4, 0.6 * len(self.facts.schema.tables)):
            return best[0][0]
        return None

    @cached_property
    def by_words(self) -> dict[Words, tuple[Table, ...]]:
        """Tables by their words in the singular, with and without the shared prefix."""
        found: dict[Words, list[Table]] = {}
        for table in self.facts.schema.tables:
            for name in sorted(self.names(table)):
                found.setdefault(name, []).append(table)
        return {name: tuple(tables) for name, tables in found.items()}

    @cached_property
    def led_to(self) -> dict[Words, frozenset[Key]]:
        """The tables that foreign keys of one column lead to, by each ending of what the column is called after.

        `chat_owner_id` is called after (chat, owner), which ends in (owner,), too.
        """
        found: dict[Words, set[Key]] = {}
        for reference in self.facts.references:
            columns = reference.foreign_key.columns
            said = stem(columns[0]) if len(columns) == 1 else None
            if said and reference.parent is not None:
                said = (*said[:-1], singular(said[-1]))
                for start in range(len(said)):
                    found.setdefault(said[start:], set()).add(reference.parent.key)
        return {name: frozenset(keys) for name, keys in found.items()}

    def names(self, table: Table) -> frozenset[Words]:
        """The words of a table's name in the singular, with and without the shared prefix."""
        if table.key not in self._names:
            self._names[table.key] = self._spelled(table)
        return self._names[table.key]

    def _spelled(self, table: Table) -> frozenset[Words]:
        parts = words(table.name)
        whole = (*parts[:-1], singular(parts[-1])) if parts else ()
        if len(whole) > 1 and whole[0] in (self.prefix, "org", "tbl"):
            return frozenset((whole, whole[1:]))
        return frozenset((whole,))

    def meant(self, stem: Words, near: Table) -> Table | None:
        """As `named`, without words that only tell a role: `created_by_user` is a user."""
        found = self.named(stem, near)
        while found is None and stem and stem[0] in ROLES:
            stem = stem[1:]
            found = self.named(stem, near)
        return found

    def is_person(self, table: Table) -> bool:
        """Whether the rows are people, by the last word of the name."""
        return any(name[-1] in PEOPLE for name in self.names(table) if name)

    def named(self, stem: Words, near: Table) -> Table | None:
        """The one table that a stem names, in the schema of `near` when several do; None when none or unclear."""
        found = [*self.by_words.get(stem, ())]
        if len(found) > 1:
            found = [table for table in found if table.schema == near.schema]
        return found[0] if len(found) == 1 else None


@lru_cache(maxsize=8192)
def stem(column: str, *, many: bool = False) -> Words | None:
    """What a column's name says an id is of: `created_by_user_id` -> (created, by, user); None when it names no id.

    Args:
        column: the column's name, in any casing.
        many: look for several ids (`tag_ids`) instead of one.
    """
    parts = words(column)
    ends = tuple(f"{word}s" for word in _KEY_WORDS) if many else _KEY_WORDS
    if len(parts) > 1 and parts[-1] in ends:
        return tuple(parts[:-1])
    return None


def is_trail(table: Table) -> bool:
    """Whether the table's rows say what happened (an audit, a log, events), as far as its name tells."""
    return _names_a_trail(table.name)


@lru_cache(maxsize=8192)
def _names_a_trail(table: str) -> bool:
    parts = [singular(word) for word in words(table)]
    return bool(parts) and (parts[-1] in TRAILS or not {"audit", "log", "history", "archive"}.isdisjoint(parts))


def is_sketch(table: Table) -> bool:
    """Whether the table is Supabase's `auth.users`, of which projects declare what they refer to."""
    if table.key != ("auth", "users") and table.name != "auth.users":
        return False
    names = {column.name for column in table.columns}
    return names <= _SUPABASE or len(names & _MARKS) > 1


@lru_cache(maxsize=8192)
def is_foreign(column: str) -> bool:
    """Whether the name says that somebody else gave the id: `stripe_customer_id`, `external_id`."""
    return not FOREIGN.isdisjoint(words(column)[:-1])


def listed(names: Iterable[str], limit: int = 3) -> str:
    """Names for a message: 'a, b and c', or 'a, b, c and 4 more'."""
    every = list(names)
    if len(every) <= 1:
        return "".join(every)
    if len(every) > limit:
        return f"{', '.join(every[:limit])} and {len(every) - limit} more"
    return f"{', '.join(every[:-1])} and {every[-1]}"
