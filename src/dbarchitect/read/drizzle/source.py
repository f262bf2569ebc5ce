"""Read any Drizzle project for PostgreSQL: Drizzle says what is declared, the text says where.

The schema's files are run under Bun (`evaluation.py`) while their text is read (`static.py`); what cannot be run is
read from the text alone, and with `static=True` everything is.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import field, replace
from pathlib import Path
from typing import Any

from dbarchitect.errors import EngineError, InputError
from dbarchitect.model.decision import Problem
from dbarchitect.model.schema import Schema
from dbarchitect.model.source import Position, Span
from dbarchitect.read.drizzle import package
from dbarchitect.read.drizzle import static as text_reader
from dbarchitect.read.drizzle.completion import completed
from dbarchitect.read.drizzle.declared import Declared
from dbarchitect.read.drizzle.discovery import POSTGRES, declaring
from dbarchitect.read.drizzle.evaluation import EvaluationError, Fault, Request, evaluate
from dbarchitect.read.drizzle.merging import merge
from dbarchitect.read.drizzle.plan import Plan, plan_of
from dbarchitect.read.drizzle.static import StaticResult
from dbarchitect.read.drizzle.texts import Texts, relative
from dbarchitect.read.drizzle.workspace import packages_of
from dbarchitect.records import dataclass
from dbarchitect.settings import Line

SECONDS = 20.0
"""How long the project's own code may run."""


@dataclass(frozen=True, slots=True)
class DrizzleResult:
    """A Drizzle project as it was read.

    Args:
        schema: what Drizzle makes of the files, with the places of everything in its annotations.
        problems: what could not be read, or not as it stands.
        declared: what the text declares.
        line: the line of Drizzle.
        root: the project's folder, absolute.
        config: the path of drizzle.config, relative to the base; '' when there is none.
        casing: the casing of the configuration, or ''.
        out: the migrations folder, relative to the base; '' when there is no configuration.
        texts: the schema's files by their path relative to the base.
        static: nothing of the project was run.
    """

    schema: Schema
    problems: tuple[Problem, ...]
    declared: Declared
    line: Line
    root: Path
    config: str = ""
    casing: str = ""
    out: str = ""
    texts: Mapping[str, str] = field(default_factory=dict)
    static: bool = False


def read(root: Path, *, base: Path, static: bool = False, config: Path | None = None) -> DrizzleResult:
    """Read a Drizzle schema.

    Args:
        root: a project's folder, a folder of schema files without a configuration, a configuration, or one file.
        base: what the paths of the result are relative to.
        static: run nothing of the project's; its configuration and its files are read as text.
        config: the configuration, when it is not the one that lies in `root`.

    Raises:
        InputError: there is nothing of Drizzle for PostgreSQL there, or the text does not tell where the schema is.
    """
    plan = plan_of(root, config)
    found = package.used(plan.root)
    reading = _Reading(plan, base.resolve(), found.line if found else "0.45", found)
    return reading.static(()) if static else reading.run()


class _Reading:
    """One reading of one project."""

    def __init__(self, plan: Plan, base: Path, line: Line, found: package.Found | None) -> None:
        self._plan = plan
        self._base = base
        self._line = line
        self._found = found
        self._packages = packages_of(plan.root)
        self._texts = Texts(base)

    def run(self) -> DrizzleResult:
        """Run the project, and read its text meanwhile."""
        from concurrent.futures import ThreadPoolExecutor

        with ThreadPoolExecutor(max_workers=1) as pool:
            running = pool.submit(self._evaluated)
            guessed = self._text(self._plan.files, self._plan.said.casing) if self._plan.files else None
            try:
                content, faults = running.result()
            except EngineError as error:
                return self.static(self._why(error), guessed)
        said = content["config"]
        if said["dialect"] not in (None, *POSTGRES):
            raise InputError(f"this project is for {said['dialect']}, and only PostgreSQL is read", place=self._place)
        faults += [Fault(f["message"], f["file"], f["line"], f["column"]) for f in content["faults"]]
        unrun = [Path(fault.file) for fault in faults if fault.file]
        named = tuple(Path(each) for each in content["named"])
        casing = said["casing"] or ""
        text = guessed if guessed and self._same(named, casing) else self._text(named, casing)
        schema, problems = merge(content["things"], text, frozenset(relative(path, self._base) for path in unrun))
        own = [self._unrun(fault, text) for fault in faults]
        own += [problem for problem in self._emptied(content["emptied"], text) if problem]
        return self._result(schema, (*own, *problems), text, casing, self._out(said))

    def static(self, problems: tuple[Problem, ...], text: StaticResult | None = None) -> DrizzleResult:
        """The project from its text alone."""
        plan = self._plan
        files = plan.files
        if not files:
            why = "no file matches `schema`" if plan.said.schema else "its text does not tell where the schema is"
            files = tuple(declaring(plan.root))
            if not files:
                raise InputError(
                    problems[0].message if problems else f"{why}, and no file beside it declares a table",
                    place=self._place,
                    hint="Name the schema's files or their folder instead.",
                )
            message = f"{why}: every file that declares tables is read"
            problems = (*problems, Problem("warning", message, self._spot(Fault("", str(plan.config)))))
        text = text or self._text(files, plan.said.casing)
        read = self._result(text.schema, (*problems, *text.problems), text, plan.said.casing, self._out(None))
        return replace(read, static=True)

    def _out(self, said: Mapping[str, Any] | None) -> str:
        """The migrations folder: where the configuration's paths begin, as it says when run, else as its text says."""
        plan = self._plan
        if plan.config is None:
            return ""
        ran = said is not None and said["out"] is not None
        folder, out = (Path(said["folder"]), said["out"]) if said and ran else (plan.place, plan.said.out)
        return relative(folder / out, self._base) if isinstance(out, str) and out else ""

    @property
    def _place(self) -> str:
        return str(self._plan.config or self._plan.root)

    def _same(self, named: Iterable[Path], casing: str) -> bool:
        return set(named) == set(self._plan.files) and casing == self._plan.said.casing

    def _text(self, named: Iterable[Path], casing: str) -> StaticResult:
        paths = [relative(path, self._base) for path in named]
        texts = {path: self._texts.load(path) for path in paths}
        return text_reader.read(
            {path: text for path, text in texts.items() if text is not None},
            paths,
            casing=casing,
            line=self._line,
            load=self._texts.load,
            packages={name: relative(folder, self._base) for name, folder in self._packages.items()},
        )

    def _evaluated(self) -> tuple[dict[str, Any], list[Fault]]:
        """What Drizzle says, without the files that never end."""
        from dbarchitect.engines.toolchain_packages import install

        plan = self._plan
        own = package.installed_in(plan.root)
        usable = own is not None and self._found is not None and (self._found.number or (0, 0)) >= package.OLDEST
        ours = None if usable else install(self._line) / "node_modules"
        faults: list[Fault] = []
        config = plan.config
        while True:
            request = Request(
                plan.root,
                ours or own or plan.root,
                config,
                plan.files if config is None else (),
                plan.said.casing,
                plan.folders,
                self._packages,
                tuple(Path(fault.file) for fault in faults if not fault.early),
                seconds=max(10.0, SECONDS / 2) if faults else SECONDS,
            )
            try:
                return evaluate(request)[0], faults
            except EvaluationError as error:
                fault = error.fault if not error.late else replace(error.fault, message="it does not end")
                if fault.early and config is not None and plan.files:
                    config = None
                    faults.append(fault)
                elif error.late and fault.file and len(faults) < 3:
                    faults.append(fault)
                elif ours is None:
                    ours = install(self._line) / "node_modules"  # theirs may be broken, or of another time
                else:
                    raise

    def _why(self, error: EngineError) -> tuple[Problem, ...]:
        """Why nothing could be run."""
        fault = error.fault if isinstance(error, EvaluationError) else Fault("")
        message = f"the schema is read from its text alone, for it cannot be run: {error.message}"
        return (Problem("error", message, self._spot(fault)),)

    def _unrun(self, fault: Fault, text: StaticResult) -> Problem:
        """A file that was left out of the run; it matters when it declares something."""
        span = self._spot(fault)
        if fault.early:
            message = f"the configuration cannot be run ({fault.message}): it is read from its text"
            return Problem("warning", message, self._spot(Fault("", str(self._plan.config))))
        declares = any(table.span.file == span.file for table in text.declared.tables) if span else True
        instead = "what it declares is read from its text" if declares else "it is left out"
        return Problem(
            "error" if declares else "warning", f"this file cannot be run ({fault.message}): {instead}", span
        )

    def _spot(self, fault: Fault) -> Span | None:
        if not fault.file:
            return None
        place = Position(fault.line or 1, fault.column or 1)
        return Span(relative(Path(fault.file), self._base), place, place)

    def _emptied(self, emptied: Iterable[tuple[str, str]], text: StaticResult) -> Iterable[Problem | None]:
        """What was to be spread and could not be loaded, where a schema's file does so."""
        for path, file in emptied:
            place = relative(Path(file), self._base) if file else ""
            if place in text.declared.sources and _is_partial(place, text):
                module, _, name = path.partition("#")
                lines = text.declared.sources[place].text.splitlines()
                line = next((number for number, each in enumerate(lines, 1) if module in each), 1)
                spot = Position(line, 1)
                what = f"{name.partition('.')[0]} of {module} could not be loaded, and what it adds is missing"
                yield Problem("warning", what, Span(place, spot, spot))

    def _written(self, text: StaticResult) -> dict[str, str]:
        """The texts of the schema's files, and of those that it takes columns from."""
        spans = text.schema.annotations.spans.values()
        paths = {*text.declared.sources, *(span.file for places in spans for span in places)}
        texts = {path: self._texts.load(path) for path in sorted(paths)}
        return {path: found for path, found in texts.items() if found is not None}

    def _result(
        self, schema: Schema, problems: tuple[Problem, ...], text: StaticResult, casing: str, out: str
    ) -> DrizzleResult:
        config = relative(self._plan.config, self._base) if self._plan.config else ""
        start = Position(1, 1)
        foreign = [Problem("error", why, Span(path, start, start)) for path, why in self._texts.foreign.items()]
        every = sorted({*problems, *foreign}, key=lambda p: (p.span is None, p.span, p.severity, p.message))
        return DrizzleResult(
            schema=completed(schema),
            problems=tuple(every),
            declared=text.declared,
            line=self._line,
            root=self._plan.root,
            config=config,
            casing=casing,
            out=out,
            texts=self._written(text),
        )


def _is_partial(path: str, text: StaticResult) -> bool:
    """Whether a file declares something whose columns or labels come from elsewhere."""
    tables = any(not table.complete for table in text.declared.tables if table.span.file == path)
    return tables or any(enum.labels is None for enum in text.declared.enums if enum.span.file == path)
