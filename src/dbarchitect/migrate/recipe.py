"""Recipes: ways to make a change that keep people at work, one file each in `migrate.recipes`, found by walking.

A recipe's file holds a docstring page, what it is called (`CODE`, `NAME`, as in reference tables of hazards), who can
run it (`RUNNER`), the safe way in a sentence (`SAFE`) and two functions: `harm` says what the plain statement does to
people, or None when it does nothing of the kind; `way` gives the phases that do the same, or None when it cannot here.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Mapping
from dataclasses import field
from functools import cache
from typing import Literal, Protocol, cast

from dbarchitect.migrate import recipes as package
from dbarchitect.migrate.company import Key
from dbarchitect.migrate.compare import Difference
from dbarchitect.migrate.operation import Operation
from dbarchitect.migrate.order import Order
from dbarchitect.migrate.stand_ins import StandIn
from dbarchitect.model.address import address
from dbarchitect.model.constraint import Check, ForeignKey
from dbarchitect.model.names import qualified, quote
from dbarchitect.model.plan import Transaction
from dbarchitect.model.schema import View
from dbarchitect.model.table import Table
from dbarchitect.records import dataclass
from dbarchitect.sql.quote import literal
from dbarchitect.write.sql.comment import comment_sql

Runner = Literal["drizzle", "dbarchitect"]
Stage = Literal["main", "values", "expand", "concurrently", "backfill", "validate", "finish", "comment"]
STAGES: Mapping[Stage, Transaction] = {
    "main": "one",
    "values": "one",
    "expand": "one",
    "concurrently": "none",
    "backfill": "none",
    "validate": "one",
    "finish": "one",
    "comment": "one",
}
"""The files of a plan in the order in which they come where several are due, and how each of them is run."""


LOCK_TIMEOUT = "3s"
"""How long a statement that stops people may wait for its lock."""


@dataclass(frozen=True, slots=True)
class Phase:
    """A part of a way that goes into one file.

    Args:
        stage: which file; `main` is the operation's own place among all others, each other stage is a later file.
        up: statements.
        down: those that take them back.
        action: what it does, for the list of operations.
    """

    stage: Stage
    up: tuple[str, ...]
    down: tuple[str, ...]
    action: str


@dataclass(frozen=True, slots=True)
class Way:
    """How an operation is done in phases.

    Args:
        phases: in the order of their stages.
        absorbed: other operations that it does too.
        holds: the kinds of pieces that cannot come before the last phase; None for all that need the piece.
    """

    phases: tuple[Phase, ...]
    absorbed: tuple[Key, ...] = ()
    holds: tuple[str, ...] | None = None


@dataclass(frozen=True)
class Scene:
    """What a recipe may look at.

    Args:
        difference: the two schemas.
        order: all operations.
        plain: the statements of each operation that has some: up and down.
        runner: who runs the files.
        postgres: the major version that they are for.
        again: required columns that the way back makes again, by address.
    """

    difference: Difference
    order: Order
    plain: Mapping[Key, tuple[tuple[str, ...], tuple[str, ...]]]
    runner: Runner
    postgres: int
    again: Mapping[str, StandIn] = field(default_factory=dict)

    def says(self, key: Key) -> tuple[str, ...]:
        """The plain statements of an operation; none when it comes or goes with another one."""
        return self.plain.get(key, ((), ()))[0]

    def standing(self, owner: object) -> bool:
        """Whether a table or view is there before and stays: a new one has no rows and nobody who waits."""
        if isinstance(owner, Table):
            place = owner.address
        elif isinstance(owner, View):
            place = address("view", owner.schema, owner.name)
        else:
            return False
        return place in self.difference.before and ("create", place) not in self.order.leader

    def waiters(self, key: Key) -> set[Key]:
        """The leaders that wait for the operation."""
        leader = self.order.leader[key]
        return {other for other, others in self.order.waiting.items() if leader in others}


class Recipe(Protocol):
    """The module of a recipe."""

    CODE: str
    NAME: str
    RUNNER: Literal["any", "dbarchitect"]
    SAFE: str

    def harm(self, operation: Operation, scene: Scene) -> str | None:
        """What the plain way does to people."""

    def way(self, operation: Operation, scene: Scene) -> Way | None:
        """The phases instead."""


@cache
def recipes() -> tuple[Recipe, ...]:
    """The modules of `migrate.recipes`, by name."""
    names = sorted(module.name for module in pkgutil.iter_modules(package.__path__))
    return tuple(cast(Recipe, importlib.import_module(f"{package.__name__}.{name}")) for name in names)


def is_partitioned(owner: object) -> bool:
    """Whether a table is partitioned, a partition, or inherits: what is done to it, is done to others too."""
    return isinstance(owner, Table) and bool(owner.partitioning or owner.partition_of or owner.inherits)


def commented(relation: Table | View, name: str) -> tuple[str, ...]:
    """The statement that gives an index its comment; nothing when it has none."""
    said = next((index.comment for index in relation.indexes if index.name == name), None)
    return (f"COMMENT ON INDEX {qualified(relation.schema, name)} IS {literal(said)}",) if said is not None else ()


def comment_again(table: Table, constraint: str) -> tuple[str, ...]:
    """The statement that gives a check or foreign key that was made anew its comment; nothing when it has none."""
    own: tuple[Check | ForeignKey, ...] = (*table.checks, *table.foreign_keys)
    said = next((item.comment for item in own if item.name == constraint), None)
    on = f"CONSTRAINT {quote(constraint)} ON {qualified(*table.key)}"
    return (comment_sql(on, said),) if said is not None else ()


def comment_keys(place: str) -> tuple[Key, ...]:
    """The operations on the comment of a piece that is dropped, made again, or changed."""
    own = f"comment:{place}"
    return ("drop", own), ("create", own), ("alter", own)


def hastily(*statements: str) -> tuple[str, ...]:
    """Statements for a file without a transaction that must not wait long, because people would queue behind them."""
    return f"SET lock_timeout = '{LOCK_TIMEOUT}'", *statements, "SET lock_timeout = 0"
