"""A plan: the files that lead from one schema to another and back, safe where PostgreSQL knows a safe way."""

from __future__ import annotations

import difflib
from collections.abc import Collection, Mapping
from dataclasses import replace

from dbarchitect.engines.postgres import Server
from dbarchitect.errors import InputError
from dbarchitect.migrate import guesses, loss
from dbarchitect.migrate.company import Key, key_of
from dbarchitect.migrate.compare import Difference, compare
from dbarchitect.migrate.context import Context
from dbarchitect.migrate.hazard_catalogue import kinds
from dbarchitect.migrate.locks import located
from dbarchitect.migrate.order import Order, arranged
from dbarchitect.migrate.overlap import Change, obstacle, overlap
from dbarchitect.migrate.recipe import Runner, Scene, recipes
from dbarchitect.migrate.renames import declared, implied, renamed
from dbarchitect.migrate.script import reverse, script
from dbarchitect.migrate.stand_ins import StandIn, stand_ins
from dbarchitect.migrate.steps import named, steps
from dbarchitect.model.codec import content_hash
from dbarchitect.model.plan import Hazard, Plan
from dbarchitect.model.schema import Schema

RENAME, BREAKS = "rename", "BR01"


def plan(
    old: Schema,
    new: Schema,
    *,
    server: Server,
    renames: Mapping[str, str] | None = None,
    allow: Collection[str] = (),
    runner: Runner = "drizzle",
    postgres: int = 18,
    kept: Collection[str] = (),
) -> Plan:
    """Plan the way from one canonical schema to another.

    Args:
        old: the canonical schema before.
        new: the canonical schema after.
        server: where renames are tried out, so that expressions follow them.
        renames: declared renames, see `migrate.renames.declared`.
        allow: codes or names of hazards that are accepted; where a recipe avoids one of them, the plain statement is
            taken instead.
        runner: who runs the files: Drizzle's migrator runs all of them in one transaction.
        postgres: the major version that it is planned for, 13 to 18.
        kept: what `new` has only because its source could not have said that it goes.

    Returns:
        The same bytes for the same schemas and choices; questions where a drop and an addition look like a rename.

    Raises:
        InputError: a rename or a hazard that there is not.
        RefusedError: a step cannot run in the transaction that the runner has.
    """
    allowed = known(allow)
    given = declared(renames or {}, old, new)
    moved = renamed(old, given, server)
    silent = implied(moved, new)
    standing = renamed(old, (*given, *silent), server)
    found = compare(standing, new)
    order = arranged(found)
    change = Change(given, old, moved, found, postgres)
    accepted = bool({RENAME, BREAKS} & allowed)
    reason = "" if not given or accepted or runner == "drizzle" else obstacle(change)
    before, after = overlap(change) if given and reason is None else ((), ())
    first = [(item.kind, item.old, item.up, item.down) for item in ((*given, *silent) if not after else silent)]
    again = stand_ins(reverse(order.operations), _back(found), server, postgres)
    laid = steps(Scene(found, order, _plain(found, order, again), runner, postgres, again), allowed, first)
    if given and not after:
        hazards = tuple(_breaks(item.old, item.new, reason) for item in given)
        laid = (replace(laid[0], hazards=(*hazards, *laid[0].hazards)), *laid[1:])
    laid = tuple(named((*before, *laid, *after)))
    made = Plan(
        id="",
        from_hash=content_hash(old),
        to_hash=content_hash(new),
        postgres=postgres,
        steps=located(laid, old, postgres),
        renames={item.old: item.new for item in given},
        allowed=tuple(sorted(allowed)),
        questions=guesses.questions(order.operations),
        kept=tuple(sorted(kept)),
    )
    return replace(made, id=content_hash(made))


def known(allow: Collection[str]) -> frozenset[str]:
    """The hazards that a user accepts, all of them known.

    Raises:
        InputError: for one that there is not, with the nearest one.
    """
    names = {kind.name: kind.code for kind in kinds().values()}
    names |= {RENAME: BREAKS, **loss.NAMES, **{recipe.NAME: recipe.CODE for recipe in recipes()}}
    words = {*names, *names.values()}
    for item in sorted(allow):
        if item not in words:
            near = difflib.get_close_matches(item, sorted(words), n=1)
            meant = f"Did you mean {near[0]}? " if near else ""
            raise InputError(
                f"there is no hazard {item!r} to allow",
                hint=f"{meant}`dbarchitect migrate plan` names those of a plan in brackets.",
            )
    return frozenset(allow)


def unaccepted(made: Plan) -> tuple[Hazard, ...]:
    """The hazards of a plan that nobody has accepted."""
    found = [hazard for step in made.steps for hazard in step.hazards]
    return tuple(hazard for hazard in found if not {hazard.code, hazard.name} & set(made.allowed))


def _back(found: Difference) -> Context:
    return Context(found.context.after, found.context.before, back=True)


def _plain(
    found: Difference, order: Order, again: Mapping[str, StandIn]
) -> dict[Key, tuple[tuple[str, ...], tuple[str, ...]]]:
    """The statements of each operation that has some, up and down."""
    up = {
        key_of(said.operation): said.statements for said in script(order.operations, found.context, found.needed_before)
    }
    back = replace(_back(found), again={place: column.statements for place, column in again.items()})
    down = {
        key_of(said.operation.reverse()): said.statements
        for said in script(reverse(order.operations), back, found.needed_after)
    }
    return {key: (up[key], down[key]) for key in up if up[key] or down[key]}


def _breaks(old: str, new: str, reason: str | None) -> Hazard:
    """What a rename does to programs.

    Args:
        old: the address before.
        new: the address after.
        reason: why the two names cannot live side by side; '' when nobody has tried.
    """
    safe = "With --runner dbarchitect both names work until a last file takes the old one away."
    if reason:
        safe = f"Both names cannot work for a while: {reason}."
    return Hazard(
        BREAKS,
        RENAME,
        "warning",
        f"{old} is {new} from now on: programs that still say the old name fail",
        old,
        f"{safe} Or stop the programs, or deploy them together with it, and say so with --allow {RENAME}.",
    )
