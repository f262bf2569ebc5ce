"""Where the native programs of a project's toolchain lie: they start faster than their JavaScript launchers."""

from __future__ import annotations

from pathlib import Path

from dbarchitect.engines import bun, child
from dbarchitect.errors import EngineError


def typescript(folder: Path) -> Path:
    """The native TypeScript 7 compiler that resolves from `folder`."""
    return _native(folder, "@typescript/typescript-*/lib/tsc", "typescript 7")


def biome(folder: Path) -> Path:
    """The native Biome that resolves from `folder`."""
    return _native(folder, "@biomejs/cli-*/biome", "@biomejs/biome 2")


def _native(folder: Path, pattern: str, package: str) -> Path:
    candidates = sorted((folder / "node_modules").glob(pattern))
    if len(candidates) > 1:  # two C libraries for one platform: only one of them starts
        candidates = [path for path in candidates if _starts(path, folder)]
    if not candidates:
        raise EngineError(
            f"{package} has no program for this platform in {folder / 'node_modules'}",
            hint="Run `bun install` in the project, or `dbarchitect doctor`.",
        )
    return candidates[0]


def _starts(program: Path, folder: Path) -> bool:
    try:
        return child.run([program, "--version"], cwd=folder, env=bun.environment(), timeout=20).ok
    except EngineError:
        return False
