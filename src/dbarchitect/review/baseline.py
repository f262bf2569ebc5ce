"""What was wrong before: a file of known findings, so that a review of an old project speaks of new ones only.

A finding is known by its code, its file and its address, not by its line, so that edits above it do not make it new.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence

from dbarchitect.errors import InputError
from dbarchitect.model.finding import Finding

FORMAT = 1
Known = Counter[tuple[str, str, str]]


def write(findings: Sequence[Finding]) -> str:
    """The text of a baseline that holds these findings."""
    counted = Counter(_key(finding) for finding in findings)
    entries = [
        {"code": code, "file": file, "address": address, "count": count}
        for (code, file, address), count in sorted(counted.items())
    ]
    return json.dumps({"format": FORMAT, "findings": entries}, indent=2, ensure_ascii=False) + "\n"


def read(text: str, place: str) -> Known:
    """The findings that a baseline holds, with how often each stands in it.

    Args:
        text: the file's content.
        place: its path, for errors.

    Raises:
        InputError: it is no baseline of ours.
    """
    try:
        content = json.loads(text)
        if content["format"] != FORMAT:
            raise InputError(
                f"the baseline has format {content['format']}, and this version reads {FORMAT}",
                place=place,
                hint="Write it again with --update-baseline.",
            )
        entries = content["findings"]
        return Counter({(str(e["code"]), str(e["file"]), str(e["address"])): int(e["count"]) for e in entries})
    except (ValueError, KeyError, TypeError) as error:
        hint = "Write it with `dbarchitect review … --baseline FILE --update-baseline`."
        raise InputError("this is no baseline of dbarchitect", place=place, hint=hint) from error


def new(findings: Sequence[Finding], known: Known) -> tuple[Finding, ...]:
    """The findings that the baseline does not hold; of several alike, as many as there are more of now."""
    left = Counter(known)
    kept = []
    for finding in findings:
        key = _key(finding)
        if left[key] > 0:
            left[key] -= 1
        else:
            kept.append(finding)
    return tuple(kept)


def _key(finding: Finding) -> tuple[str, str, str]:
    return finding.code, finding.span.file if finding.span else "", finding.address
