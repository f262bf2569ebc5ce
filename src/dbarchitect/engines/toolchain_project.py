"""One Drizzle project under the toolchain: types, format, lint, migrations, scripts and tests."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from dbarchitect.engines import bun, child
from dbarchitect.engines import toolchain_diagnostics as diagnostics
from dbarchitect.engines import toolchain_tools as tools
from dbarchitect.engines.child import Finished
from dbarchitect.engines.toolchain_packages import SOURCES, install
from dbarchitect.engines.toolchain_results import Checked, KitResult, Tested
from dbarchitect.errors import EngineError
from dbarchitect.settings import Line

SCHEMA = "src/db/schema/index.ts"
_TEST_MILLISECONDS = 30_000  # Bun's own 5 s are short for starting PGlite on a busy machine
_LEFT_BEHIND = {"node_modules", ".git", ".env"}


class Project:
    """A folder with a Drizzle project, and the toolchain of its line.

    Every method but `link` needs packages that resolve from the folder: either its own node_modules, or `link()`.

    Args:
        folder: the project, with package.json, tsconfig.json, biome.json and drizzle.config.ts.
        line: Drizzle line that it is written for.
    """

    def __init__(self, folder: Path, line: Line) -> None:
        self.folder = folder.resolve()
        self.line = line

    @contextlib.contextmanager
    def link(self) -> Iterator[Path]:
        """Make the line's packages resolve in the folder for the length of the block, and yield their node_modules.

        A symbolic link `node_modules` is put there and taken away again. Packages that the user installed are used
        as they are and stay. Do not run `bun install` inside the block: it would write into the shared cache.
        """
        target = install(self.line) / "node_modules"
        link = self.folder / "node_modules"
        if link.is_dir() and not link.is_symlink():
            yield link
            return
        with contextlib.suppress(FileNotFoundError):
            link.unlink()
        link.symlink_to(target, target_is_directory=True)
        try:
            yield link
        finally:
            with contextlib.suppress(OSError):
                if os.readlink(link) == str(target):
                    link.unlink()

    def typecheck(self) -> Checked:
        """`tsc --noEmit` with the project's own tsconfig.json, by the native compiler."""
        finished = tools.typecheck(self.folder, self.folder)
        return Checked(diagnostics.of_typescript(finished), finished.seconds)

    def format(self) -> Checked:
        """`biome format --write`; afterwards the files are formatted, and what cannot be parsed is a problem."""
        return self._biome("format", "--write")

    def check_format(self) -> Checked:
        """`biome format`: each file that formatting would change is a problem."""
        return self._biome("format")

    def lint(self) -> Checked:
        """`biome lint` with the project's own biome.json; warnings and infos are problems, too."""
        return self._biome("lint")

    def kit_snapshot(self, previous: dict[str, Any] | None = None, *, schema: str = SCHEMA) -> KitResult:
        """What drizzle-kit's own API makes of the schema: its snapshot, and the SQL that leads there.

        Args:
            previous: the full snapshot before (of a `KitResult`); None starts from nothing.
            schema: the module that exports the schema, relative to the project.

        Raises:
            EngineError: the module cannot be loaded, or drizzle-kit asks whether something was renamed.
        """
        with tempfile.TemporaryDirectory(prefix="dbarchitect-kit-") as scratch:
            answer = Path(scratch) / "answer.json"
            finished = bun.run_script(
                SOURCES / "kit.ts", self.line, str(self.folder), f"./{schema}", str(answer),
                cwd=self.folder, input=json.dumps(previous), offline=True,
            )  # fmt: skip
            if not finished.ok or not answer.exists():
                raise _refusal(diagnostics.reason(finished), place=str(self.folder / schema))
            content = json.loads(answer.read_text(encoding="utf-8"))
        return KitResult(content["snapshot"], content["statements"], finished.seconds)

    def kit_generate_changes(self) -> list[str]:
        """The SQL files that `drizzle-kit generate` would add: empty when it sees no change.

        The real command runs in a copy. Its exit code says nothing (it is 0 when it gave up at a question), so its
        files are counted, and no file without its own word that there is no change is an error.

        Raises:
            EngineError: drizzle-kit neither wrote a migration nor said that there is nothing to migrate.
        """
        with self._copy() as copy:
            before = _sql_files(copy)
            finished = self._kit(copy, "generate")
            added = {name: text for name, text in _sql_files(copy).items() if name not in before}
        if added:
            return [added[name] for name in sorted(added)]
        if "No schema changes" not in finished.output:
            said = diagnostics.reason(finished).replace(str(copy), str(self.folder))
            raise _refusal(said, place=str(self.folder))
        return []

    def kit_check(self) -> Checked:
        """`drizzle-kit check`: whether the migrations folder is one that drizzle-kit accepts."""
        with self._copy() as copy:
            finished = self._kit(copy, "check")
        fine = finished.ok and "Everything's fine" in finished.output
        return Checked(() if fine else (diagnostics.whole(finished),), finished.seconds)

    def migrate(self, url: str) -> Checked:
        """Apply the migrations folder by the project's own src/db/migrate.ts.

        Args:
            url: the database, handed over as DATABASE_URL.
        """
        finished = self.script("src/db/migrate.ts", env={"DATABASE_URL": url})
        return Checked(() if finished.ok else (diagnostics.whole(finished),), finished.seconds)

    def script(
        self, path: str, *arguments: str, env: Mapping[str, str] | None = None, timeout: float = 120
    ) -> Finished:
        """Run a TypeScript file of the project, with nothing in its environment but `env` and what Bun needs."""
        if not (self.folder / path).is_file():
            raise EngineError(f"the project has no {path}", place=str(self.folder))
        return bun.run_script(Path(path), *arguments, cwd=self.folder, env=env, timeout=timeout)

    def test(self, *filters: str, env: Mapping[str, str] | None = None, timeout: float = 300) -> Tested:
        """`bun test`, with counts and the failing tests.

        Args:
            filters: parts of the paths of the test files to run; none runs all.
            env: variables for the tests.
            timeout: seconds for the whole run.
        """
        finished = bun.run(
            ["--no-install", "--no-env-file", "test", f"--timeout={_TEST_MILLISECONDS}", *filters],
            cwd=self.folder,
            env=env,
            timeout=timeout,
        )
        return diagnostics.of_tests(finished)

    def _biome(self, command: str, *flags: str) -> Checked:
        words: list[str | Path] = [
            tools.biome(self.folder),
            command,
            "--reporter=json",
            "--max-diagnostics=none",
            "--colors=off",
        ]
        finished = child.run([*words, *flags, "."], cwd=self.folder, env=bun.environment())
        return Checked(diagnostics.of_biome(finished, self.folder), finished.seconds)

    def _kit(self, folder: Path, command: str) -> Finished:
        return bun.run_script(Path("node_modules/drizzle-kit/bin.cjs"), command, cwd=folder, offline=True)

    @contextlib.contextmanager
    def _copy(self) -> Iterator[Path]:
        """The project without packages, history and secrets in a scratch folder, with the same node_modules."""
        with tempfile.TemporaryDirectory(prefix="dbarchitect-copy-") as scratch:
            copy = Path(scratch).resolve() / "project"
            shutil.copytree(self.folder, copy, ignore=lambda _folder, entries: _LEFT_BEHIND & set(entries))
            packages = self.folder / "node_modules"
            if not packages.exists():
                raise EngineError("the project's packages are not there", hint="Run `bun install` in it first.")
            (copy / "node_modules").symlink_to(packages.resolve(), target_is_directory=True)
            yield copy


def _refusal(said: str, place: str) -> EngineError:
    if "Interactive prompts" in said or "hints" in said:
        return EngineError(
            f"drizzle-kit asks whether something was renamed, and nobody is there to answer ({said})",
            hint="Add first and drop in a later migration, or write the migration from the known renames.",
            place=place,
        )
    return EngineError(f"drizzle-kit cannot read the schema: {said}", place=place)


def _sql_files(folder: Path) -> dict[str, str]:
    found = (path for path in folder.rglob("*.sql") if "node_modules" not in path.relative_to(folder).parts)
    return {path.relative_to(folder).as_posix(): path.read_text(encoding="utf-8") for path in found}
