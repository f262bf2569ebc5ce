"""The verdict on a migration, from what was seen."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from dbarchitect.migrate.migrations import Migration
from dbarchitect.model.certificate import Condition, Loss, Proven, Trouble, Verdict
from dbarchitect.model.plan import Transaction
from dbarchitect.prove.migration.cycle import Cycle


def verdict(
    migration: Migration,
    transaction: Transaction,
    result: Cycle | None,
    *,
    conditions: tuple[Condition, ...],
    troubles: tuple[Trouble, ...],
    restored: bool,
    **rest: Any,
) -> Proven:
    """Judge.

    Args:
        migration: the migration.
        transaction: how it ran.
        result: the round that went through; None when none did.
        conditions: data on which it fails.
        troubles: what else is wrong.
        restored: the data is somebody's: a condition that it meets is a failure.
        rest: further fields of `Proven`.
    """
    base = Proven(
        migration.key, migration.hash, "failed", "", transaction, migration.declared,
        conditions=conditions, troubles=troubles, **rest,
    )  # fmt: skip
    if result is None:
        first = troubles[-1] if troubles else None
        if first and first.way == "down" and migration.declared == "no" and (first.sqlstate or "").startswith("23"):
            return replace(base, verdict="irreversible", reason=f"its down says so, and stops at rows: {first.message}")
        return replace(base, reason=f"the {first.way} step fails: {first.message}" if first else "it does not run")
    base = replace(
        base, level=result.level, again=result.again, differences=result.differences, losses=result.lost,
        kept_as=result.kept_as, down_drops=result.down_drops,
    )  # fmt: skip
    word, reason = _measured(migration, result)
    if troubles:
        word, reason = "failed", troubles[0].message
    elif restored and any(condition.way == "up" for condition in conditions):
        word, reason = "failed", f"rows of the given data stand in its way: {conditions[0].message}"
    elif migration.declared == "exact" and word in ("lossy", "irreversible"):
        word, reason = "failed", f"it is planned as exact, and {reason}"
    return replace(base, verdict=word, reason=reason)


def _measured(migration: Migration, result: Cycle) -> tuple[Verdict, str]:
    lost = [loss for loss in result.lost if not loss.returns]
    if migration.down is None:
        loses = f", and the up step loses data: {_named(result.lost)}" if result.lost else ""
        return "irreversible", f"nothing takes it back{loses}"
    if migration.declared == "no":
        return "irreversible", "its down says so" + (f": {_named(lost)}" if lost else "")
    if result.level is None:
        if migration.declared == "lossy":
            return "lossy", f"the down does not restore the schema, as it says: {result.differences[0]}"
        return "failed", f"the down does not restore the schema: {result.differences[0]}"
    if lost:
        return "lossy", f"the up step loses data that nothing brings back: {_named(lost)}"
    if result.left_over:
        return "lossy", f"the down leaves data that was not so before: {_named(result.left_over)}"
    at = "" if result.level == "strict" else f" (equal at level {result.level})"
    aside = ", from where the up step put it aside" if result.lost else ""
    return "exact", f"the down restores schema and data{aside}{at}"


def _named(losses: Any) -> str:
    found: tuple[Loss, ...] = tuple(losses)
    words = {"dropped": "is dropped", "changed": "is changed", "rows": "has other rows", "position": "starts again"}
    texts = [f"{loss.address.partition(':')[2]} {words[loss.kind]} ({loss.count} of {loss.total})" for loss in found]
    return ", ".join(texts[:3]) + (f" and {len(texts) - 3} more" if len(texts) > 3 else "")
