"""Aggregates: which table is part of which, and what a deletion does to the rows that refer to the deleted one.

Seed: "Choose appropriate cascade options … Document the business logic"; reference/design.md R09 and R10.
"""

from __future__ import annotations

from dbarchitect.design.blueprint import Blueprint, TableDraft, fold
from dbarchitect.design.brief.requirements import Relationship
from dbarchitect.design.tenancy import IDENTITIES
from dbarchitect.design.wording import an, capital, things
from dbarchitect.design.wordlist import wordlist
from dbarchitect.model.constraint import Action
from dbarchitect.model.names import words
from dbarchitect.records import dataclass

_PARTS = wordlist(
    """item line detail option variant image photo attachment comment step revision version translation posting
    milestone choice section chapter lesson reply note rating price attribute"""
)
_OF_PEOPLE = wordlist(
    "session token profile credential device preference notification key account setting passkey cart wishlist"
)
_OPTIONAL_ROLES = wordlist(
    """parent assignee reviewer approver manager supervisor referrer canceller successor predecessor mentor
    previous next moderator resolver verifier deputy backup replaced_by reports_to"""
)


@dataclass(frozen=True, slots=True)
class Policy:
    """What happens to a child when its parent goes, and why."""

    action: Action
    reason: str


def is_required(relationship: Relationship, child: TableDraft, parent: TableDraft) -> bool:
    """Whether a child needs a parent; unless the brief says, not above itself and not in roles that come later."""
    if relationship.required is not None:
        return relationship.required
    return (
        child is not parent and fold(relationship.role) not in _OPTIONAL_ROLES and relationship.on_delete != "set null"
    )


def find_owners(plan: Blueprint, relationships: tuple[Relationship, ...]) -> dict[str, Relationship]:
    """For each folded entity name the relationship to the aggregate that it is part of; said ones win over guessed."""
    owners: dict[str, Relationship] = {}
    for sure in (True, False):
        for relationship in relationships:
            child, parent = fold(relationship.child), fold(relationship.parent)
            if child == parent or child in owners or plan.tables[parent] is plan.tenant:
                continue
            part = relationship.owned is True if sure else relationship.owned is None and _looks_owned(relationship)
            if part and not _leads_back(owners, parent, child):
                owners[child] = relationship
    return owners


def _leads_back(owners: dict[str, Relationship], start: str, target: str) -> bool:
    while start in owners:
        start = fold(owners[start].parent)
        if start == target:
            return True
    return False


def _looks_owned(relationship: Relationship) -> bool:
    if relationship.required is False or relationship.on_delete not in (None, "cascade"):
        return False
    child, parent = words(relationship.child), words(relationship.parent)
    last = fold(child[-1]) if child else ""
    if fold(relationship.parent) in IDENTITIES:
        return last in _OF_PEOPLE and not relationship.role
    if relationship.on_delete == "cascade":
        return True
    named_after = len(child) > len(parent) and [fold(word) for word in child[: len(parent)]] == [*map(fold, parent)]
    one = relationship.cardinality == "one-to-one" and not relationship.role
    return named_after or one or (last in _PARTS and not relationship.role)


def policy(
    plan: Blueprint, child: TableDraft, parent: TableDraft, relationship: Relationship, *, required: bool, owned: bool
) -> Policy:
    """What a deletion of the parent does to the child.

    Raises nothing; contradictions become problems of the plan.
    """
    said = relationship.on_delete
    if said == "set null" and required:
        plan.problem(f"{relationship.child} needs a {relationship.parent} and cannot lose it: `set null` contradicts "
                     "`required`", relationship.origin)  # fmt: skip
    keeps = "only appended to" if child.append_only else "never deleted" if child.never_deleted else ""
    if keeps and (said == "cascade" or (said == "set null" and child.append_only)):
        plan.problem(f"{relationship.child} is {keeps}, so deleting a {relationship.parent} cannot {said} it; "
                     "use restrict", relationship.origin)  # fmt: skip
    if child.kind == "junction" and said is None:
        return Policy("cascade", "A link goes with either of its ends.")
    if said is not None:
        return Policy(said, relationship.reason or f"The brief says so: {_SAID[said]}")
    if keeps and (child.append_only or required or owned):
        return Policy("restrict", f"{capital(things(child))} are {keeps}; what they refer to must stay.")
    if owned:
        return Policy("cascade", f"{capital(an(child.one))} is part of its {parent.one} and means nothing without it.")
    if _exclusive(child, relationship):
        return Policy(
            "cascade", f"Exactly one parent gives {an(child.one)} its meaning; setting it to null would leave none."
        )
    if parent.kind == "lookup":
        return Policy("restrict", f"{capital(an(parent.one))} that is in use cannot go; retire it instead.")
    role = relationship.role or ("parent" if child is parent else parent.one)
    if fold(parent.entity.name) in IDENTITIES and required:
        return Policy("restrict", f"{capital(an(child.one))} is a business record and outlives its {role}: anonymise "
                                  "the person, "
                      "keep the record.")  # fmt: skip
    if required:
        return Policy(
            "restrict", f"{capital(an(child.one))} is a record of its own; deleting its {role} would rewrite history."
        )
    return Policy("set null", f"{capital(an(child.one))} goes on without its {role}.")


_SAID = {
    "cascade": "the child goes with its parent.",
    "set null": "the child stays and forgets its parent.",
    "restrict": "the parent cannot go while it has children.",
}


def _exclusive(child: TableDraft, relationship: Relationship) -> bool:
    name = fold(relationship.role or relationship.parent)
    return any(
        rule.kind == "exactly one of" and name in {fold(field) for field in rule.fields} for rule in child.entity.rules
    )
