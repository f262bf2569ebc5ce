"""The few questions whose answers change the schema before it is drawn, and answers that fit no question.

Others are asked where the choice is made: `overlap.…` in rules, `soft-delete.…`, `search-index`, `email-case`.
"""

from __future__ import annotations

import difflib
from dataclasses import replace

from dbarchitect.design.blueprint import Blueprint, fold
from dbarchitect.design.brief.requirements import Relationship, Requirements
from dbarchitect.design.tenancy import IDENTITIES
from dbarchitect.errors import InputError
from dbarchitect.model.index import Index
from dbarchitect.model.names import plural

_TENANT_LIKE = ("organization", "organisation", "tenant", "workspace")


def ask_first(plan: Blueprint) -> None:
    """Ask what decides about whole tables, and change the requirements by the answers."""
    plan.requirements = _tenancy(plan, plan.requirements)
    plan.requirements = _membership(plan, plan.requirements)


def _tenancy(plan: Blueprint, requirements: Requirements) -> Requirements:
    if requirements.tenant:
        return requirements
    parents = {fold(relationship.parent): relationship.parent for relationship in requirements.relationships}
    candidate = next((parents[name] for name in _TENANT_LIKE if name in parents), None)
    if candidate is None:
        return requirements
    answer = plan.ask(
        "tenancy", f"Must one {candidate} never see the rows of another?", "no",
        ("no", f"{candidate} is a table like any other; everybody who may query sees all rows."),
        ("yes", f"Every table gets organization_id, and row level security keeps {plural(fold(candidate))} apart."),
    )  # fmt: skip
    return replace(requirements, tenant=candidate) if answer == "yes" else requirements


def _membership(plan: Blueprint, requirements: Requirements) -> Requirements:
    """People of a multi-tenant schema that nothing ties to a tenant yet."""
    if not requirements.tenant:
        return requirements
    tenant = fold(requirements.tenant)
    person = next((e for e in requirements.entities if fold(e.name) in IDENTITIES), None)
    if person is None or person.tenant is not None or _tied(requirements, fold(person.name), tenant):
        return requirements
    answer = plan.ask(
        "membership", f"May one {person.name} belong to several {plural(tenant)}?", "several",
        ("several", f"A table of memberships ties them; one sign-in works for every {requirements.tenant}."),
        ("one", f"Each {person.name} is a row of one {requirements.tenant}; the same person may have several "
                "accounts."),
    )  # fmt: skip
    if answer == "one":
        tie = Relationship(person.name, requirements.tenant, required=True)
    else:
        tie = Relationship(requirements.tenant, person.name, "many-to-many", name="membership",
                           reason=f"Who belongs to which {requirements.tenant}.")  # fmt: skip
    return replace(requirements, relationships=(*requirements.relationships, tie))


def _tied(requirements: Requirements, person: str, tenant: str) -> bool:
    """Whether a relationship or an entity such as a membership joins people to tenants."""
    parents: dict[str, set[str]] = {}
    for relationship in requirements.relationships:
        child, parent = fold(relationship.child), fold(relationship.parent)
        if {child, parent} == {person, tenant}:
            return True
        parents.setdefault(child, set()).add(parent)
    between = {entity for entity, of in parents.items() if person in of}
    return any("member" in entity or "employ" in entity or "staff" in entity for entity in between)


def ask_about_values(plan: Blueprint) -> None:
    """Questions about what the drawn columns hold: the case of addresses."""
    emails = [
        (table, name)
        for table in plan.tables.values()
        for name, draft in table.columns.items()
        if draft.intent.meaning == "email"
    ]
    keyed = [(t, n) for t, n in emails if any(n in _columns(index) for index in t.indexes if index.unique)]
    keyed += [(t, n) for t, n in emails if any(n in unique.columns for unique in t.uniques)]
    if not keyed:
        return
    table, name = keyed[0]
    answer = plan.ask(
        "email-case", "How are e-mail addresses kept?", "lower",
        ("lower", "In lower case, held by a check; the unique key is plain and serves lookups everywhere."),
        ("preserve", "As typed; the unique key is on lower(…), which row level security keeps from being used for "
                     "lookups."),
        where=table.column_address(name),
    )  # fmt: skip
    kept = answer != "preserve"
    plan.decide(
        table.column_address(name),
        "E-mail addresses are kept in lower case" if kept else "E-mail addresses are kept as typed, unique without "
                                                               "case",
        "Ada@x.org and ada@x.org reach one person. A plain key is used by every query; lower() is not leakproof, so "
        "under "
        "row level security an index on it is not."
        if kept else "Ada@x.org and ada@x.org reach one person; queries must compare lower(email).",
        ("unique on lower(email)", "keeps the spelling; every query must say lower(), and a tenant's query finds no "
                                   "index")
        if kept else ("lower case by a check", "a plain key; the application lowers the address first"),
        topic="constraints",
    )  # fmt: skip


def _columns(index: Index) -> set[str]:
    named = {part.column for part in index.parts if part.column}
    return named | {part.expression[6:-1].strip('"') for part in index.parts if part.expression}


def refuse_unknown(plan: Blueprint) -> None:
    """Refuse answers to questions that were not asked, and answers that are no option.

    Raises:
        InputError: naming the nearest question or the options.
    """
    asked = {question.id: question for question in plan.questions}
    for id_, value in sorted(plan.requirements.answers.items()):
        if id_ not in asked:
            near = difflib.get_close_matches(id_, sorted(asked), 1)
            listed = ", ".join(sorted(asked)) or "none"
            raise InputError(
                f"there is no question {id_!r}" + (f"; did you mean {near[0]!r}?" if near else ""),
                hint=f"Questions of this brief: {listed}.", place="--answer",
            )  # fmt: skip
        options = [option.value for option in asked[id_].options]
        if options and value not in options:
            near = difflib.get_close_matches(value, options, 1)
            raise InputError(
                f"{value!r} is no answer to {id_!r}" + (f"; did you mean {near[0]!r}?" if near else ""),
                hint=f"It can be {', '.join(options)}.", place="--answer",
            )  # fmt: skip
