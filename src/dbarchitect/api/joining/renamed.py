"""A draft under the names that a project would give: without our tenant prefix where it has none."""

from __future__ import annotations

import json
import re
from dataclasses import replace

from dbarchitect.design.result import Draft
from dbarchitect.model.address import address, parse
from dbarchitect.model.codec import decode, encode
from dbarchitect.model.decision import Decision
from dbarchitect.model.schema import Schema
from dbarchitect.read.drizzle.project import Project
from dbarchitect.write.drizzle.naming import TENANT_PREFIX


def in_their_names(draft: Draft, project: Project) -> Draft:
    """The draft with `products` for `org_products`, unless the project has tables with that prefix itself.

    Names of constraints and indexes begin with their table's, and follow it. A name that the project has given keeps
    the prefix.

    Args:
        draft: the design.
        project: the project that it joins.
    """
    taken = {table.name for table in project.schema.tables}
    if any(name.startswith(TENANT_PREFIX) for name in taken):
        return draft
    ours = [table.name for table in draft.schema.tables]
    bare = {name: name.removeprefix(TENANT_PREFIX) for name in ours if name.startswith(TENANT_PREFIX)}
    free = [name for name, short in bare.items() if short not in taken and short not in ours]
    if not free:
        return draft
    words = "|".join(re.escape(bare[name]) for name in sorted(free, key=len, reverse=True))
    pattern = re.compile(rf"\b{TENANT_PREFIX}({words})(?![^\W_])")
    schema = decode(Schema, json.loads(pattern.sub(r"\1", json.dumps(encode(draft.schema), ensure_ascii=False))))
    decisions = tuple(
        decode(Decision, json.loads(pattern.sub(r"\1", json.dumps(encode(decision), ensure_ascii=False))))
        for decision in draft.decisions
    )
    return replace(draft, schema=schema, decisions=decisions)


def only_new(draft: Draft, schema: Schema, known: frozenset[str], written: frozenset[str]) -> Draft:
    """The draft with nothing but what is added.

    Args:
        draft: the design.
        schema: the new tables with what belongs to them.
        known: tables of the design that the project has.
        written: columns that are written in the project's own way, which is the reason for them then.
    """
    if not schema.tables:
        return replace(draft, schema=schema, decisions=(), questions=())
    place = address("namespace", "public")
    decisions = [decision for decision in draft.decisions if _table(decision.address) not in known]
    for column, topic in (("id", "keys"), ("created_at", "structure")):
        if column in written:
            decisions = [d for d in decisions if (d.address, d.topic) != (place, topic)]
    if written:
        choice = f"{', '.join(sorted(written))} of the new tables: as the tables of the project have it"
        decisions.insert(
            0, Decision(place, choice, "One schema reads as if one person had written it.", topic="naming")
        )
    return replace(draft, schema=schema, decisions=tuple(decisions))


def _table(place: str) -> str:
    try:
        parts = parse(place)[1]
    except ValueError:
        return ""
    return parts[1] if len(parts) > 1 else ""
