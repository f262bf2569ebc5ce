"""Every format of a review says everything, and says it so that its reader understands."""

from __future__ import annotations

import importlib
import json
import xml.etree.ElementTree as ElementTree
from pathlib import Path

import jsonschema
import pytest

import dbarchitect
from dbarchitect.model.decision import Problem
from dbarchitect.model.finding import Edit, Evidence, Finding, Fix, Review
from dbarchitect.model.source import Position, Span
from dbarchitect.surface.output import review as package
from dbarchitect.surface.output.review.view import View

TEXT = (
    "import { x } from 'y';\nexport const users = pgTable('users', {\n\tid: uuid('id'),\n  größe: text('größe'),\n});\n"
)


def span(line, start, end, last=None, file="src/db/sch ema.ts"):
    return Span(file, Position(line, start), Position(last or line, end))


FIX = Fix("Add the index users_id_idx", "safe", (Edit(span(4, 1, 1), "  a,\n"),), ("CREATE INDEX a ON users (id)",))
FINDINGS = (
    Finding("R01", "a-rule", "fact", "warning", "no index, so: 100% slow\nand more", "table:public.users",
            span(4, 3, 8), (span(1, 1, 3),), Evidence("measured", "select 1", "Seq Scan"), (FIX,)),
    Finding("T01", "b-rule", "fact", "error", "whole table", "table:public.users", span(2, 1, 3, 5)),
    Finding("S02", "c-rule", "fact", "info", "never used \x1b[31m", "index:public.users_idx"),
    Finding("H01", "taste", "house", "warning", "not ours", "table:public.users", span(2, 1, 3)),
)  # fmt: skip
PROBLEM = Problem("error", "it throws", span(1, 1, 2))
SUMMARY = {"error": 1, "warning": 1, "info": 1, "house": 1, "fixable": 1, "unsafe": 0, "files": 1, "tables": 1,
           "ignored": 2}  # fmt: skip
VIEW = View(Review(FINDINGS, (PROBLEM,), SUMMARY), FINDINGS[:3], {"src/db/sch ema.ts": TEXT},
            {"R01": "A sentence.\n\nWhy\n    Because."})  # fmt: skip
EMPTY = View(Review((), (), {"files": 1, "tables": 2}), ())
FORMATS = sorted(path.stem for path in Path(package.__path__[0]).glob("[a-z]*.py") if path.stem != "view")


def render(form, view=VIEW):
    return importlib.import_module(f"{package.__name__}.{form}").render(view)


@pytest.mark.parametrize("form", FORMATS)
@pytest.mark.parametrize("view", [VIEW, EMPTY], ids=["findings", "none"])
def test_every_format_ends_with_a_newline_and_hides_control_characters(form, view):
    text = render(form, view)
    assert text == render(form, view)
    assert "\x1b" not in text
    assert text.endswith("\n") or not view.counted


def test_full_shows_the_place_and_what_helps():
    text = render("full")
    assert "R01 [*] no index" in text
    assert "--> src/db/sch ema.ts:4:3" in text
    lines = text.splitlines()
    place = next(number for number, line in enumerate(lines) if "größe: text" in line)
    marks = lines[place + 1]
    assert lines[place][marks.index("^") : marks.rindex("^") + 1] == "größe"
    assert "help: Add the index users_id_idx (--fix)" in text
    assert "CREATE INDEX a ON users (id)" in text
    assert "measured: Seq Scan" in text
    assert "not reviewed: src/db/sch ema.ts:1:1: it throws" in text
    assert "H01" in text
    assert "not ours" not in text, "taste is counted, not listed"
    assert "Found 1 error, 1 warning and 1 info in 1 table, 1 file." in text
    assert "[*] 1 fixable with --fix." in text
    assert "2 ignored in the source" in text


def test_full_of_nothing():
    assert render("full", EMPTY) == "Nothing to say about 2 tables, 1 file.\n"


def test_concise_is_one_line_each():
    assert render("concise").splitlines() == [
        "src/db/sch ema.ts:4:3: warning R01 [*] no index, so: 100% slow and more",
        "src/db/sch ema.ts:2:1: error T01 whole table",
        "index:public.users_idx: info S02 never used \ufffd[31m",
        "src/db/sch ema.ts:1:1: problem (error) it throws",
        "house H01 taste: 1 finding",
    ]


def test_json_is_what_its_schema_says():
    schema = Path(dbarchitect.__file__).parent / "schemas" / "review.schema.json"
    payload = json.loads(render("json"))
    jsonschema.Draft202012Validator(json.loads(schema.read_text(encoding="utf-8"))).validate(payload)
    assert len(payload["findings"]) == 4


def test_github_escapes_what_its_commands_would_take_for_syntax():
    first, second, third, problem = render("github").splitlines()
    assert first == (
        "::warning title=R01 a-rule,file=src/db/sch ema.ts,line=4,endLine=4,col=3,endColumn=8"
        "::no index, so: 100%25 slow%0Aand more"
    )
    assert second == "::error title=T01 b-rule,file=src/db/sch ema.ts,line=2,endLine=5::whole table"
    assert third.startswith("::notice title=S02 c-rule::index:public.users_idx: never used")
    assert problem.startswith("::error file=src/db/sch ema.ts,line=1::it throws")


def test_gitlab_tells_findings_apart():
    entries = json.loads(render("gitlab"))
    assert [entry["severity"] for entry in entries] == ["minor", "major", "info"]
    assert len({entry["fingerprint"] for entry in entries}) == 3
    assert entries[1]["location"] == {"path": "src/db/sch ema.ts", "lines": {"begin": 2, "end": 5}}
    twice = View(Review(FINDINGS[:1] * 2), FINDINGS[:1] * 2)
    assert len({entry["fingerprint"] for entry in json.loads(render("gitlab", twice))}) == 2


def test_junit_is_xml():
    root = ElementTree.fromstring(render("junit"))
    assert (root.get("tests"), root.get("failures")) == ("3", "3")
    assert [case.get("classname") for case in root.iter("testcase")] == ["src/db/sch ema.ts"] * 2 + ["database"]
    assert ElementTree.fromstring(render("junit", EMPTY)).get("failures") == "0"


def test_sarif_has_relative_addresses_rules_and_fixes():
    (run,) = json.loads(render("sarif"))["runs"]
    assert [rule["id"] for rule in run["tool"]["driver"]["rules"]] == ["R01", "S02", "T01"]
    first, second, third = run["results"]
    for result in run["results"]:
        assert run["tool"]["driver"]["rules"][result["ruleIndex"]]["id"] == result["ruleId"]
    place = first["locations"][0]["physicalLocation"]
    assert place["artifactLocation"] == {"uri": "src/db/sch%20ema.ts", "uriBaseId": "SRCROOT"}
    assert place["region"] == {"startLine": 4, "startColumn": 3, "endLine": 4, "endColumn": 8}
    assert "physicalLocation" not in third["locations"][0]
    (change,) = first["fixes"][0]["artifactChanges"]
    assert change["replacements"][0]["insertedContent"]["text"] == "  a,\n"
    assert second["level"] == "error"
    notes = run["invocations"][0]["toolExecutionNotifications"]
    assert notes[0]["message"]["text"] == "it throws"
    assert "file://" not in render("sarif")


def test_statistics_count_every_finding():
    assert render("statistics").splitlines() == ["1  H01       taste", "1  R01  [*]  a-rule", "1  S02       c-rule",
                                                 "1  T01       b-rule"]  # fmt: skip
