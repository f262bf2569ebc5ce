"""Render the documents of a project."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import field
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from dbarchitect.facts.lookup import Lookup
from dbarchitect.model import names
from dbarchitect.model.address import parse
from dbarchitect.model.claim import Proof
from dbarchitect.model.decision import Decision, Problem, Question
from dbarchitect.model.schema import Schema
from dbarchitect.records import dataclass
from dbarchitect.settings import Settings
from dbarchitect.write.report import facts, markdown, performance

if TYPE_CHECKING:
    import jinja2

    from dbarchitect.write.drizzle.catalogue import QuerySpec

TEMPLATES = Path(__file__).parent / "templates"
TOPICS = (
    "structure", "keys", "relationships", "types", "constraints", "normalization", "indexes", "tenancy",
    "soft delete", "search", "naming",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Material:
    """Everything that the documents speak of.

    Args:
        title: the project's title.
        schema: the schema with its intent.
        settings: what was chosen.
        decisions: the architect's decisions.
        questions: open questions with the default that was taken, or the answer.
        answers: answers by question id.
        assumptions: what was assumed without being said.
        problems: warnings.
        queries: the emitted query functions.
        migrations: names of the migrations, in order.
        proof: every claim; None before it was proved.
        notes: what Drizzle or the engines cannot hold.
    """

    title: str
    schema: Schema
    settings: Settings
    decisions: Sequence[Decision] = ()
    questions: Sequence[Question] = ()
    answers: dict[str, str] = field(default_factory=dict)
    assumptions: Sequence[str] = ()
    problems: Sequence[Problem] = ()
    queries: Sequence[QuerySpec] = ()
    migrations: Sequence[str] = ()
    proof: Proof | None = None
    notes: Sequence[str] = ()


def documents(material: Material) -> dict[str, str]:
    """README.md, docs/design.md and docs/decisions.md by path."""
    return {
        "README.md": _render("readme.md.j2", material),
        "docs/design.md": _render("design.md.j2", material),
        "docs/decisions.md": _render("decisions.md.j2", material),
    }


def _render(template: str, material: Material) -> str:
    lookup = Lookup(material.schema)
    text = (
        _environment()
        .get_template(template)
        .render(
            material=material,
            schema=material.schema,
            settings=material.settings,
            lookup=lookup,
            tenancy=lookup.tenancy,
            facts=facts,
            namespaces=sorted({table.schema for table in material.schema.tables}) or ["public"],
            tables=[table for table in lookup.insert_order if table.partition_of is None],
            topics=_by_topic(material.decisions),
            naming_example=_type_name(material),
            migration_lines=[(name, _about(name)) for name in material.migrations],
            performance=performance.notes(lookup, material.settings),
            trade_offs=_trade_offs(material.decisions),
            example=_example(material),
            reads=_reads(material),
            claims=_by_kind(material.proof),
        )
    )
    return text.strip() + "\n"


@cache
def _environment() -> jinja2.Environment:
    import jinja2

    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(TEMPLATES),
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        autoescape=False,  # noqa: S701 - Markdown, escaped by the filters below
    )
    environment.filters |= {
        "inline": markdown.inline,
        "cell": markdown.cell,
        "code": markdown.code,
        "code_cell": markdown.code_cell,
        "title": names.title,
        "element": element,
        "sentence": markdown.said,
        "prose": markdown.prose,
        "thousands": lambda number: f"{number:,}",
    }
    return environment


def element(address: str) -> str:
    """An address as people say it: `users.email`, `index users_email_idx`, `the whole schema`."""
    try:
        kind, parts = parse(address)
    except ValueError:
        return address or "the whole schema"
    if kind in ("schema", "namespace"):
        return "the whole schema"
    name = ".".join(parts[1:]) if len(parts) > 1 else parts[0]
    return name if kind in ("table", "column", "constraint", "policy") else f"{kind} {name}"


def _type_name(material: Material) -> str:
    """The beginning of the type names of one table: Products in ProductsSelectSchema."""
    from dbarchitect.write.drizzle.naming import Names

    roots = [table for table in material.schema.tables if table.partition_of is None]
    return Names(material.schema).table(roots[0]).select_type.removesuffix("SelectSchema") if roots else "Table"


def _about(migration: str) -> str:
    stem = migration.split("_", 1)[-1]
    if stem in _MIGRATIONS:
        return _MIGRATIONS[stem]
    return f"a later change: {stem.replace('_', ' ')}"


_MIGRATIONS = {
    "before": "extensions and functions that tables need",
    "init": "everything that Drizzle expresses: types, tables, keys, indexes, policies",
    "companion": "what Drizzle cannot express: forced row level security, triggers, exclusions, comments",
}


def _trade_offs(decisions: Sequence[Decision], most: int = 12) -> list[Decision]:
    """The decisions with a price, the widest first: whole schema before single elements, one of each choice."""
    priced = [decision for decision in decisions if decision.alternatives]
    ranked = sorted(priced, key=lambda d: (element(d.address) != "the whole schema", _rank(d.topic)))
    chosen: dict[str, Decision] = {}
    for decision in ranked:
        chosen.setdefault(decision.choice, decision)
    return list(chosen.values())[:most]


def _example(material: Material) -> str:
    """A short program that runs one list query, as the reader would write it."""
    listing = next((query for query in material.queries if query.kind == "list"), None)
    if listing is None:
        return ""
    tenancy = material.schema.intent.tenancy
    scoped = any(parameter.kind == "tenant" for parameter in listing.parameters)
    module = listing.module.removesuffix(".ts")
    lines = [
        "import { connect } from './src/db/client'",
        f"import {{ {listing.function} }} from './{module}'",
    ]
    if tenancy and scoped:
        lines.append("import { withTenant } from './src/db/tenant'")
        call = f"withTenant(db, organizationId, (tx) => {listing.function}(tx, organizationId, {{ limit: 20 }}))"
    else:
        call = f"{listing.function}(db, {{ limit: 20 }})"
    lines += ["", "const { db } = connect()", f"const first = await {call}"]
    return markdown.block("\n".join(lines), "ts")


def _reads(material: Material) -> list[QuerySpec]:
    """The queries whose name does not say everything: all reads but those by id."""
    return [query for query in material.queries if query.reads and query.kind not in ("get", "details")]


def _by_topic(decisions: Sequence[Decision]) -> list[tuple[str, list[Decision]]]:
    found = sorted({decision.topic for decision in decisions}, key=lambda t: (_rank(t), t))
    return [(topic, [decision for decision in decisions if decision.topic == topic]) for topic in found]


def _rank(topic: str) -> int:
    return TOPICS.index(topic) if topic in TOPICS else len(TOPICS)


def _by_kind(proof: Proof | None) -> list[tuple[str, int, int, int]]:
    """(kind, proved, failed, unproved), sorted by kind."""
    if proof is None:
        return []
    rows = []
    for kind in sorted({claim.kind for claim in proof.claims}):
        statuses = [claim.status for claim in proof.claims if claim.kind == kind]
        rows.append((kind, statuses.count("proved"), statuses.count("failed"), statuses.count("unproved")))
    return rows
