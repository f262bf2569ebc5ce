"""The architect: complete requirements to a schema with a reason for every choice. Pure, deterministic, no I/O."""

from __future__ import annotations

from dbarchitect.design import (
    access_paths,
    columns,
    enumerations,
    junctions,
    keys,
    money,
    periods,
    questions,
    relationships,
    rules,
    search,
    soft_delete,
    tenancy,
    timestamps,
    uniqueness,
)  # fmt: skip
from dbarchitect.design.assembly import assemble
from dbarchitect.design.blueprint import Blueprint
from dbarchitect.design.brief.requirements import Attribute, Requirements
from dbarchitect.design.descriptions import comment_columns, name_rows
from dbarchitect.design.preparation import prepare
from dbarchitect.design.prepared import Declared, Prepared
from dbarchitect.design.result import Draft
from dbarchitect.model.address import parse
from dbarchitect.model.decision import Decision
from dbarchitect.model.intent import FunctionalDependency
from dbarchitect.settings import Settings


def design(requirements: Requirements, settings: Settings) -> Draft:
    """Design a schema.

    Args:
        requirements: what the user wants, with answers to questions.
        settings: choices about what is emitted.

    Returns:
        The schema with intent, every decision, the questions with the defaults that were taken, and the problems;
        one of severity `error` means that the schema is not what was asked for.

    Raises:
        InputError: for an answer to a question that was not asked, or that is none of its options.
    """
    plan = Blueprint(requirements, settings)
    questions.ask_first(plan)
    prepared = _normalized(plan, prepare(plan.requirements))
    plan.requirements = prepared.requirements
    plan.problems += prepared.problems
    _draw(plan, prepared)
    questions.ask_about_values(plan)
    _explain(plan, prepared)
    questions.refuse_unknown(plan)
    schema = assemble(plan)
    places = {table.name: place for place, table in enumerate(plan.tables.values())}
    decisions = tuple(sorted(plan.decisions, key=lambda decision: _rank(plan, places, decision)))
    return Draft(requirements, schema, decisions, tuple(plan.questions), tuple(plan.problems))


def _normalized(plan: Blueprint, prepared: Prepared) -> Prepared:
    """Split what breaks 3NF; the engine is loaded only when the brief declares dependencies."""
    entities = [*prepared.requirements.entities, *(junction.entity for junction in prepared.junctions)]
    if not any(entity.dependencies for entity in entities):
        return prepared
    from dbarchitect.design.normalize.brief import normalize

    return normalize(plan, prepared)


def _rank(plan: Blueprint, places: dict[str, int], decision: Decision) -> tuple[int, int]:
    """What holds for the whole schema first, then tenancy, then table by table in the user's order."""
    kind, parts = parse(decision.address)
    if kind == "namespace" or decision.topic == "tenancy":
        return (0 if kind == "namespace" else 1), 0
    owner = plan.index_owners.get(parts[1], parts[1]) if len(parts) > 1 else ""
    return 2, places.get(owner, len(places))


def _draw(plan: Blueprint, prepared: Prepared) -> None:
    """Every step in the order in which one needs the other."""
    scoped = tenancy.scopes(plan, prepared)
    keys.draw_tables(plan, prepared, scoped)
    relationships.draw_relationships(plan, prepared.requirements.relationships)
    junctions.draw_junctions(plan, prepared.junctions, scoped)
    soft_delete.follow_owners(plan)
    for table in plan.tables.values():
        columns.draw_attributes(plan, table)
        _lookup_columns(plan, prepared, table.entity.name)
    money.draw_currencies(plan)
    for table in plan.tables.values():
        search.draw_search(plan, table)
        timestamps.draw_timestamps(plan, table)
        name_rows(table)
    for table in plan.tables.values():
        uniqueness.draw_keys(plan, table)
        rules.draw_rules(plan, table)
        periods.draw_periods(plan, table)
        access_paths.draw_access(plan, table)
        comment_columns(table)
    relationships.untie_cycles(plan)
    tenancy.draw_policies(plan)


def _lookup_columns(plan: Blueprint, prepared: Prepared, entity: str) -> None:
    """A lookup that the brief gives no attributes has a code that programs use and a label that people read."""
    table = plan.table_of(entity)
    if table is None or table.kind != "lookup" or table.entity.attributes:
        return
    code = Attribute("code", "code", required=True, unique="tenant", description="What programs and imports say.")
    for attribute in (
        code,
        Attribute("label", "name", required=True),
        Attribute("position", "position", required=True),
    ):
        columns.draw_attribute(plan, table, attribute)
    enumerations.explain_lookup(plan, table)


def _explain(plan: Blueprint, prepared: Prepared) -> None:
    """The decisions that hold for the whole schema, and what was assumed."""
    if not plan.tables:
        return
    first = plan.tenant or next(iter(plan.tables.values()))
    where = "namespace:public"
    keys.explain(plan, where)
    timestamps.explain(plan, where)
    soft_delete.explain(plan, where)
    uniqueness.explain(plan, where)
    access_paths.explain(plan, where)
    columns.explain(plan, where)
    enumerations.explain(plan, where)
    rules.explain(plan, where)
    tenancy.explain(plan)
    for note in prepared.notes:
        table = plan.table_of(note.entity) or first
        plan.decide(table.address, note.choice[:1].upper() + note.choice[1:], note.because, *note.alternatives,
                    topic=note.topic, origin=note.origin)  # fmt: skip
    for said in prepared.dependencies:
        _declare(plan, said)


def _declare(plan: Blueprint, said: Declared) -> None:
    """Keep a declared dependency in columns, for the proof; among the rows of a tenant it holds for each tenant."""
    table = plan.table_of(said.entity)
    if table is None:
        return
    sides = [
        [column for name in names for column in table.resolve(name)] for names in (said.determinant, said.dependent)
    ]
    if all(sides):
        determinant = tuple(dict.fromkeys((*table.prefix, *sides[0])))
        plan.dependencies.append(FunctionalDependency(table.address, determinant, tuple(sides[1]), said.kept))
