"""Each query of the project gives rows, uses the index designed for it, and never another tenant's rows."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from dbarchitect.model.address import parse
from dbarchitect.model.claim import Claim
from dbarchitect.prove.context import Context, first_line
from dbarchitect.prove.plans import BITMAP_ONLY, Node, Planner
from dbarchitect.prove.query_calls import Calls, Outcome, call_queries
from dbarchitect.prove.verdict import failed, proved, unproved
from dbarchitect.write.drizzle.catalogue import QuerySpec, queries

KIND = "query"
RANK = 14
SECONDS = 2.0
STATEMENT = "Each query works, uses its index and keeps to its tenant."
BARRIER = (
    "Without row level security it would: PostgreSQL lets only leakproof operators reach an index before the policies "
    "have spoken, and this one is not leakproof"
)
SINGLE = frozenset({"get", "details"})
"""Kinds that look rows up by the primary key, so that reading the whole table is a fault."""


@dataclass(slots=True)
class Access:
    """How a query finds its rows.

    Args:
        nodes: the plan that was looked at first, or the one that uses the index.
        index: the index that it uses: the designed one, or one that begins with the same columns.
        way: how it was looked at; '' while the designed index was not found.
        fault: what stands against the designed index.
        behind_policies: whether row level security alone keeps the index away.
    """

    nodes: tuple[Node, ...] = ()
    index: str = ""
    way: str = ""
    fault: str = ""
    behind_policies: bool = False


def check(context: Context) -> Iterator[Claim]:
    """Call everything that `catalogue.queries` lists (DESIGN, section 7: each example query)."""
    specs = queries(context.schema, context.settings)
    if not specs:
        return
    calls = call_queries(context, specs)
    accesses = _plan(context, specs, calls)
    for spec in specs:
        yield _verdict(context, spec, calls.outcomes[spec.module, spec.function], accesses.get(_place(spec)))


def _place(spec: QuerySpec) -> str:
    return f"{spec.module}#{spec.function}"


def _verdict(context: Context, spec: QuerySpec, outcome: Outcome, access: Access | None) -> Claim:
    place, statement = _place(spec), _statement(spec)
    evidence: dict[str, object] = {"rows": outcome.rows}
    if outcome.statements:
        evidence["sql"] = [statement.text for statement in outcome.statements]
    if outcome.attacks:
        evidence["attacks"] = list(outcome.attacks)
    if access is not None:
        seen = {"index": access.index, "plan": [str(node) for node in access.nodes], "planned_for": access.way}
        evidence |= {key: value for key, value in seen.items() if value}
    fault = _fault(spec, outcome)
    if fault:
        return failed(KIND, place, statement, f"{spec.function}: {fault}", **evidence)
    if access is not None and access.fault:
        if access.behind_policies:
            return unproved(KIND, place, statement, f"{access.fault}. {BARRIER}", **evidence)
        return failed(KIND, place, statement, access.fault, **evidence)
    want = _want(spec, outcome)
    if want:
        return unproved(KIND, place, statement, want, **evidence)
    return proved(KIND, place, statement, **evidence)


def _statement(spec: QuerySpec) -> str:
    if spec.reads:
        index = f" by {_index_name(spec)}" if spec.index else ""
        return f"{spec.function} finds its rows{index}{', and only those of its tenant' if spec.tenant else ''}."
    return f"{spec.function} does its work{' and cannot touch rows of another tenant' if spec.tenant else ''}."


def _fault(spec: QuerySpec, outcome: Outcome) -> str:
    """What is wrong with a query, in one sentence; '' when nothing is."""
    if outcome.status == "error":
        return f"it fails: {_told(outcome)}"
    if outcome.leaks:
        return f"a tenant reaches rows of another one: {outcome.leaks[0]}"
    if outcome.status == "empty":
        given = "returns nothing" if spec.reads else "changes nothing"
        return f"it {given}, called with values of a row that is there"
    return outcome.cursor or ""


def _want(spec: QuerySpec, outcome: Outcome) -> str:
    """For want of what it could not be decided; '' when it was."""
    if outcome.status == "no row":
        table = parse(spec.table)[1][-1]
        if outcome.column:
            return f"no seeded row of {table} has a value in {outcome.column}"
        return f"the seed has no row in {table}"
    if outcome.status == "refused":
        if (outcome.fault or {}).get("state") is None:
            return f"{spec.function} cannot be tried: {_told(outcome)}"
        return f"the rules of the database refused it for every seeded row: {_told(outcome)}"
    return ""


def _told(outcome: Outcome) -> str:
    fault = outcome.fault or {}
    return " ".join(str(fault[key]) for key in ("state", "message") if fault.get(key))


def _index_name(spec: QuerySpec) -> str:
    return parse(spec.index)[1][-1] if spec.index else ""


def _plan(context: Context, specs: Sequence[QuerySpec], calls: Calls) -> dict[str, Access]:
    """Look for each read's index in its plan, in one way after the other until it is there."""
    tenancy = context.lookup.tenancy
    waiting = {_place(spec): (spec, Access()) for spec in specs if _has_plan(spec, calls)}
    accesses = {place: access for place, (_, access) in waiting.items()}
    if not waiting:
        return accesses
    planner = Planner(context, tenancy.setting if tenancy else None, calls.tenant)
    try:
        for way in planner.ways():
            for place in sorted(waiting):
                spec, access = waiting[place]
                if way == BITMAP_ONLY and not _unordered(context, spec):
                    continue
                _look(context, planner, spec, calls.outcomes[spec.module, spec.function], access, way)
                if access.way:
                    del waiting[place]
    finally:
        planner.close()
    return accesses


def _unordered(context: Context, spec: QuerySpec) -> bool:
    """Whether the designed index gives rows in no order, so that a limited list may walk another one instead."""
    table = context.lookup.by_address[spec.table]
    return any(index.method == "gin" and table.index_address(index.name) == spec.index for index in table.indexes)


def _has_plan(spec: QuerySpec, calls: Calls) -> bool:
    outcome = calls.outcomes[spec.module, spec.function]
    return (spec.index is not None or spec.kind in SINGLE) and spec.reads and bool(outcome.statements)


def _look(context: Context, planner: Planner, spec: QuerySpec, outcome: Outcome, access: Access, way: str) -> None:
    import psycopg

    statement = outcome.statements[0]
    try:
        nodes = planner.nodes(statement.text, statement.values)
        bare = planner.nodes(statement.text, statement.values, policies=False) if spec.tenant else ()
    except psycopg.Error as error:
        access.fault = f"{spec.function} cannot be planned: {first_line(error)}"
        return
    access.nodes = access.nodes or nodes
    for index in _serving(context, spec):
        fault = _missed(context, spec, nodes, index)
        if not fault:
            access.nodes, access.index, access.way, access.fault = nodes, index, way, ""
            return
        access.fault = access.fault or fault
        access.behind_policies |= bool(bare) and not _missed(context, spec, bare, index)


def _serving(context: Context, spec: QuerySpec) -> list[str]:
    """The designed index, then every other one that begins with all of its columns, and unique ones of just these."""
    designed = _index_name(spec)
    table = context.lookup.by_address[spec.table]
    own = next((access for access in context.lookup.accesses(table) if access.name == designed), None)
    if own is None:
        return [designed]
    count = len(own.columns)
    others = [
        access.name
        for access in context.lookup.accesses(table)
        if count
        and access.method == own.method
        and (access.columns[:count] == own.columns or (access.unique and set(access.columns) == set(own.columns)))
    ]
    return list(dict.fromkeys([designed, *others]))


def _missed(context: Context, spec: QuerySpec, nodes: Sequence[Node], index: str) -> str:
    """What stands against the index: it is not there, or what the query is given is not looked up in it."""
    table = context.lookup.by_address[spec.table]
    if not index:
        whole = next((node for node in nodes if node.kind == "Seq Scan" and node.relation == table.name), None)
        return f"{spec.function} reads all of {table.name} to find one row" if whole else ""
    used = [node for node in nodes if node.index == index]
    if not used:
        plan = "; ".join(str(node) for node in nodes) or "no table at all"
        return f"{spec.function} does not use {index}; its plan is: {plan}"
    condition = " ".join(node.condition for node in used)
    given = [parse(p.column)[1][-1] for p in spec.parameters if p.column and p.kind in ("id", "value", "values")]
    keys = next((access.columns for access in context.lookup.accesses(table) if access.name == index), ())
    unused = [name for name in given if name in keys and name not in condition]
    if unused:
        return f"{spec.function} uses {index}, but does not look {', '.join(unused)} up in it: {condition}"
    return ""
