"""Prove every claim about a project: found by walking `prove.claims`, run side by side, reported in one order."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from types import ModuleType
from typing import TYPE_CHECKING

from dbarchitect.errors import EngineError, InputError
from dbarchitect.model.claim import Claim, Proof
from dbarchitect.model.codec import content_hash
from dbarchitect.progress import report
from dbarchitect.prove import claims as package
from dbarchitect.prove.context import Unprovable, first_line

if TYPE_CHECKING:
    from dbarchitect.prove.context import Context

WORKERS = 4


def kinds() -> tuple[ModuleType, ...]:
    """The modules of `prove.claims`, sorted by name; each has KIND, STATEMENT and check(context)."""
    names = sorted(module.name for module in pkgutil.iter_modules(package.__path__))
    return tuple(importlib.import_module(f"{package.__name__}.{name}") for name in names)


def prove(context: Context, only: Sequence[str] = ()) -> Proof:
    """Check every kind of claim and say how each went.

    Args:
        context: the project under proof.
        only: kinds to check; empty for all.

    Returns:
        A proof whose claims are sorted by kind and id; a kind that could not be checked is one unproved claim.
    """
    modules = [module for module in kinds() if not only or module.KIND in only]
    with ThreadPoolExecutor(WORKERS, thread_name_prefix="prove") as pool:
        found = [claim for batch in pool.map(lambda module: _check(module, context), modules) for claim in batch]
    return Proof(
        schema_hash=content_hash(context.schema),
        drizzle=context.settings.drizzle,
        postgres=context.server.version,
        profile=context.settings.profile,
        claims=tuple(sorted(found, key=lambda claim: (claim.kind, claim.id))),
    )


def _check(module: ModuleType, context: Context) -> list[Claim]:
    import psycopg

    report(f"proving {module.KIND}")
    try:
        checked: Iterable[Claim] = module.check(context)
        return list(checked)
    except (Unprovable, EngineError, InputError) as error:
        reason = str(error)
    except psycopg.Error as error:
        reason = f"PostgreSQL: {first_line(error)}"
    return [Claim(module.KIND, module.KIND, None, "unproved", module.STATEMENT, reason)]
