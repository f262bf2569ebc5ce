"""SARIF 2.1.0, with relative addresses of files and with fixes, as code scanning reads it.

Source: https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html
"""

from __future__ import annotations

import json
from urllib.parse import quote

from dbarchitect import version
from dbarchitect.model.decision import Problem
from dbarchitect.model.finding import Finding, Fix
from dbarchitect.model.source import Span
from dbarchitect.surface.output.review.view import View

SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
LEVELS = {"error": "error", "warning": "warning", "info": "note"}


def render(view: View) -> str:
    """The log with one run."""
    codes = sorted({finding.code: finding for finding in view.counted}.items())
    places = {code: place for place, (code, _) in enumerate(codes)}
    rules = [_rule(view, code, finding) for code, finding in codes]
    driver = {"name": "dbarchitect", "semanticVersion": version(), "rules": rules}
    run = {
        "tool": {"driver": driver},
        "columnKind": "unicodeCodePoints",
        "originalUriBaseIds": {"SRCROOT": {"description": {"text": "The folder that was reviewed from."}}},
        "invocations": [
            {
                "executionSuccessful": True,
                "toolExecutionNotifications": [_notification(problem) for problem in view.review.problems],
            }
        ],
        "results": [_result(finding, places[finding.code]) for finding in view.counted],
    }
    return json.dumps({"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}, indent=2, ensure_ascii=False) + "\n"


def _rule(view: View, code: str, finding: Finding) -> dict[str, object]:
    page = view.pages.get(code, "")
    return {
        "id": code,
        "name": finding.name,
        "shortDescription": {"text": view.about(code) or finding.name},
        "fullDescription": {"text": page or finding.name},
        "help": {"text": page or finding.name},
        "defaultConfiguration": {"level": LEVELS[finding.severity]},
        "properties": {"tags": ["database", finding.kind]},
    }


def _result(finding: Finding, place: int) -> dict[str, object]:
    result: dict[str, object] = {
        "ruleId": finding.code,
        "ruleIndex": place,
        "level": LEVELS[finding.severity],
        "message": {"text": finding.message},
        "locations": [_location(finding)],
        "partialFingerprints": {"address/v1": f"{finding.code}:{finding.address}"},
    }
    if finding.related:
        result["relatedLocations"] = [{"physicalLocation": _physical(span)} for span in finding.related]
    fixes = [_fix(fix) for fix in finding.fixes if fix.edits]
    if fixes:
        result["fixes"] = fixes
    return result


def _location(finding: Finding) -> dict[str, object]:
    location: dict[str, object] = {"logicalLocations": [{"fullyQualifiedName": finding.address}]}
    if finding.span:
        location["physicalLocation"] = _physical(finding.span)
    return location


def _physical(span: Span) -> dict[str, object]:
    return {"artifactLocation": _artifact(span.file), "region": _region(span)}


def _artifact(file: str) -> dict[str, object]:
    return {"uri": quote(file), "uriBaseId": "SRCROOT"}


def _region(span: Span) -> dict[str, object]:
    return {
        "startLine": span.start.line,
        "startColumn": span.start.column,
        "endLine": span.end.line,
        "endColumn": span.end.column,
    }


def _fix(fix: Fix) -> dict[str, object]:
    files = sorted({edit.span.file for edit in fix.edits})
    changes = [
        {
            "artifactLocation": _artifact(file),
            "replacements": [
                {"deletedRegion": _region(edit.span), "insertedContent": {"text": edit.text}}
                for edit in fix.edits
                if edit.span.file == file
            ],
        }
        for file in files
    ]
    return {"description": {"text": fix.title}, "artifactChanges": changes}


def _notification(problem: Problem) -> dict[str, object]:
    found: dict[str, object] = {
        "level": LEVELS.get(problem.severity, "warning"),
        "message": {"text": problem.message},
    }
    if problem.span:
        found["locations"] = [{"physicalLocation": _physical(problem.span)}]
    return found
