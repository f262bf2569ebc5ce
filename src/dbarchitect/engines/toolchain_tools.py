"""Where the native programs of a project's toolchain lie: they start faster than their JavaScript launchers."""

from __future__ import annotations

from pathlib import Path

from dbarchitect.engines import bun, child
from dbarchitect.engines.child import Finished
from dbarchitect.errors import EngineError

# The compiler is a Go program that ends after one look: below this much memory, collecting garbage is wasted work.
_COMPILER_MEMORY = {"GOGC": "off", "GOMEMLIMIT": "1GiB"}


def typecheck(packages: Path, folder: Path, config: str = ".", *, timeout: float = 60) -> Finished:
    """`tsc --noEmit`, by the native TypeScript 7 compiler in one thread.

    Most of what it reads is the types of Drizzle, and each further thread reads them again: on the projects that we
    write, one thread takes less time than four, and half of the work.

    Args:
        packages: a folder that the compiler resolves from.
        folder: the working folder.
        config: a tsconfig.json, or the folder that holds it, relative to `folder`.
        timeout: seconds.

    Raises:
        EngineError: there is no compiler for this platform, or it did not end in time.
    """
    compiler = _native(packages, "@typescript/typescript-*/lib/tsc", "typescript 7")
    words: list[str | Path] = [compiler, "--noEmit", "--singleThreaded", "--pretty", "false", "-p", config]
    return child.run(words, cwd=folder, env=bun.environment(_COMPILER_MEMORY), timeout=timeout)


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
