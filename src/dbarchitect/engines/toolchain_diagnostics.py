"""The output of compilers, formatters, linters and test runners, read into problems with a place."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from dbarchitect.engines.child import Finished
from dbarchitect.engines.toolchain_results import Problem, Tested

_TYPESCRIPT = re.compile(
    r"^(?:(?P<file>[^\s(][^(]*)\((?P<line>\d+),(?P<column>\d+)\): )?"
    r"(?P<severity>error|warning) (?P<code>TS\d+): (?P<text>.*)$"
)
_FAILED_TEST = re.compile(r"^\(fail\) (?P<name>.*?)(?: \[[\d.]+m?s\])?$")
_TEST_FILE = re.compile(r"^(?P<file>\S+\.[cm]?[jt]sx?):$")
_COUNT = re.compile(r"^ *(\d+) (pass|fail|skip|todo|error)s?$")
_SOURCE_LINE = re.compile(r"^\d+ \| ")  # Bun shows the source around an exception
_ANSI = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")


def of_typescript(finished: Finished) -> tuple[Problem, ...]:
    """Problems of `tsc --pretty false`; indented lines continue the message above them."""
    problems: list[Problem] = []
    for line in finished.stdout.splitlines():
        if match := _TYPESCRIPT.match(line):
            found = match.groupdict()
            problems.append(
                Problem(
                    found["text"], found["code"], found["file"] or "", int(found["line"] or 0),
                    int(found["column"] or 0), found["severity"],
                )
            )  # fmt: skip
        elif problems and line.startswith(" "):
            last = problems[-1]
            text = f"{last.message}\n{line}"
            problems[-1] = Problem(text, last.code, last.file, last.line, last.column, last.severity)
    if not problems and not finished.ok:
        return (whole(finished),)
    return tuple(problems)


def of_biome(finished: Finished, folder: Path) -> tuple[Problem, ...]:
    """Problems of `biome --reporter=json`."""
    try:
        report = json.loads(finished.stdout)
    except ValueError:
        return (whole(finished),)
    problems = tuple(_biome_problem(item, folder) for item in report.get("diagnostics", []))
    return problems if problems or finished.ok else (whole(finished),)


def _biome_problem(item: dict[str, Any], folder: Path) -> Problem:
    location = item.get("location") or {}
    path = location.get("path") or ""
    file = path.get("file", "") if isinstance(path, dict) else str(path)
    start = location.get("start") or {}
    severity = {"information": "info", "hint": "info", "fatal": "error"}.get(item["severity"], item["severity"])
    file = file.removeprefix(f"{folder}/").removeprefix("./")
    message = item.get("message") or item.get("description") or ""
    text = "".join(part["content"] for part in message) if isinstance(message, list) else str(message)
    return Problem(
        text, item.get("category") or "", file, int(start.get("line") or 0), int(start.get("column") or 0), severity
    )


def of_tests(finished: Finished) -> Tested:
    """Counts and failing tests of `bun test`, whose report stands on standard error."""
    report = _ANSI.sub("", finished.stderr)
    counts = {kind: int(number) for number, kind in _counts(report)}
    problems = list(_failed_tests(report))
    finished_well = finished.ok and "\nRan " in report
    if not problems and not finished_well:
        problems = [whole(finished)]
    return Tested(
        counts.get("pass", 0), counts.get("fail", 0), counts.get("skip", 0) + counts.get("todo", 0),
        tuple(problems), finished.seconds, finished.output,
    )  # fmt: skip


def _counts(report: str) -> Iterator[tuple[str, str]]:
    for line in report.splitlines():
        if match := _COUNT.match(line):
            yield match[1], match[2]


def _failed_tests(report: str) -> Iterator[Problem]:
    file, detail = "", list[str]()
    for line in report.splitlines():
        if match := _TEST_FILE.match(line):
            file, detail = match["file"], []
        elif match := _FAILED_TEST.match(line):
            text = "\n".join(detail).strip()
            yield Problem(f"{match['name']}\n{text}" if text else match["name"], "bun test", file)
            detail = []
        elif line.startswith(("(pass)", "(skip)")):
            detail = []
        else:
            detail.append(line)


def reason(finished: Finished) -> str:
    """The line of an output that says most: the first that speaks of an error, else the last."""
    lines = [line.strip() for line in _ANSI.sub("", finished.output).splitlines() if line.strip()]
    lines = [line for line in lines if not _SOURCE_LINE.match(line)]
    spoken = [line for line in lines if re.search(r"\berror\b|Error|Interactive prompts", line)]
    return (spoken or lines[-1:] or [f"exit code {finished.code} without a word"])[0].removeprefix("error: ")


def whole(finished: Finished) -> Problem:
    """The end of an output as one problem, for what cannot be taken apart."""
    text = _ANSI.sub("", finished.output)
    return Problem(text[-4000:] or f"exit code {finished.code} without a word")
