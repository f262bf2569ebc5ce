"""GitLab's code quality report.

Source: https://docs.gitlab.com/ci/testing/code_quality/#code-quality-report-format
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter

from dbarchitect.model.finding import Finding
from dbarchitect.surface.output.review.view import View

LEVELS = {"error": "major", "warning": "minor", "info": "info"}


def render(view: View) -> str:
    """The report; a finding without a file names its address as the path."""
    seen: Counter[tuple[str, str, str]] = Counter()
    entries = []
    for finding in view.counted:
        key = (finding.code, finding.address, finding.span.file if finding.span else "")
        entries.append(_entry(finding, seen[key]))
        seen[key] += 1
    return json.dumps(entries, indent=2, ensure_ascii=False) + "\n"


def _entry(finding: Finding, number: int) -> dict[str, object]:
    span = finding.span
    identity = "\0".join([finding.code, finding.address, span.file if span else "", str(number)])
    return {
        "description": finding.message,
        "check_name": f"{finding.code} {finding.name}",
        "fingerprint": hashlib.sha256(identity.encode()).hexdigest(),
        "severity": LEVELS[finding.severity],
        "location": {
            "path": span.file if span else finding.address,
            "lines": {"begin": span.start.line if span else 1, "end": span.end.line if span else 1},
        },
    }
