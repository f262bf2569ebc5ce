"""Prove every claim about a project: found by walking `prove.claims`, run side by side, reported in one order."""

from __future__ import annotations

import dataclasses
import importlib
import pkgutil
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from types import ModuleType
from typing import TYPE_CHECKING, Any

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
    """The modules of `prove.claims`, as a reader wants them.

    Each has KIND, STATEMENT, RANK (its place in the proof) and check(context); SECONDS, where it takes long, so that it
    is begun early.
    """
    names = sorted(module.name for module in pkgutil.iter_modules(package.__path__))
    modules = [importlib.import_module(f"{package.__name__}.{name}") for name in names]
    return tuple(sorted(modules, key=lambda module: (module.RANK, module.KIND)))


def prove(context: Context, only: Sequence[str] = ()) -> Proof:
    """Check every kind of claim and say how each went.

    Args:
        context: the project under proof.
        only: kinds to check; empty for all.

    Returns:
        A proof whose claims are sorted by the rank of their kind and by id; a kind that could not be checked is one
        unproved claim.
    """
    modules = [module for module in kinds() if not only or module.KIND in only]
    longest_first = sorted(modules, key=lambda module: getattr(module, "SECONDS", 0.0), reverse=True)
    with ThreadPoolExecutor(WORKERS, thread_name_prefix="prove") as pool:
        found = [claim for batch in pool.map(lambda module: _check(module, context), longest_first) for claim in batch]
    rank = {module.KIND: module.RANK for module in modules}
    return Proof(
        schema_hash=content_hash(context.schema),
        drizzle=context.settings.drizzle,
        postgres=context.server.version,
        profile=context.settings.profile,
        claims=tuple(sorted(found, key=lambda claim: (rank[claim.kind], claim.id))),
    )


def _check(module: ModuleType, context: Context) -> list[Claim]:
    import psycopg

    report(f"proving {module.KIND.replace('_', ' ')}")
    found: list[Claim] = []
    try:
        checked: Iterable[Claim] = module.check(context)
        for claim in checked:
            found.append(claim)
    except (Unprovable, EngineError, InputError) as error:
        found.append(_undecided(module, str(error)))
    except psycopg.Error as error:
        found.append(_undecided(module, f"PostgreSQL: {first_line(error)}"))
    return [_scrubbed(claim, context) for claim in found]


def _undecided(module: ModuleType, reason: str) -> Claim:
    return Claim(module.KIND, module.KIND, None, "unproved", module.STATEMENT, reason)


def _scrubbed(claim: Claim, context: Context) -> Claim:
    def scrub(value: Any) -> Any:
        if isinstance(value, str):
            return context.scrub(value)
        if isinstance(value, dict):
            return {key: scrub(inner) for key, inner in value.items()}
        return [scrub(inner) for inner in value] if isinstance(value, list | tuple) else value

    return dataclasses.replace(claim, reason=scrub(claim.reason), evidence=scrub(claim.evidence))
