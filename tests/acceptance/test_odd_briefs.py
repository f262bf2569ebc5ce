"""Briefs that nobody expects and nothing forbids: each becomes a project in which no claim fails."""

from pathlib import Path

import pytest

from dbarchitect import api
from dbarchitect.settings import Settings

BRIEFS = Path(__file__).with_name("briefs")
CASES = {
    # quotes, ends of comments, `${`, line breaks and emoji in titles, purposes and labels; columns called like
    # everything that a query, an object or a module has; a link of a thing with itself; audit and ledger tables
    "hostile_text": Settings(),
    # names in other scripts, over 63 bytes, with quotes in them; two long ones that begin alike
    "names": Settings(drizzle="1"),
    # two tables that need each other, a tenant that needs a part of its own, a row that needs one of its kind;
    # unique columns of types with few values, and tables below them; triggers that write the moment of a change
    "cycles": Settings(ids="default-fn", runtime="node", touch_trigger=True),
    # every rule, two references to one table, ranges and containment in what is looked up; no attributes, lookups,
    # one-to-one, dependencies that are split and kept
    "rules": Settings(profile="modern", drizzle="1"),
    # every type of everyday life, required, optional, listed and unique
    "types": Settings(),
}


@pytest.mark.parametrize("name", CASES)
def test_no_claim_fails(tmp_path: Path, name: str) -> None:
    design = api.design(str(BRIEFS / f"{name}.yaml"), out=tmp_path / "out", settings=CASES[name])
    assert design.proof is not None
    assert [f"{claim.id}: {claim.reason}" for claim in design.proof.failed] == []
    unproved = [claim for claim in design.proof.claims if claim.status == "unproved"]
    assert len(unproved) * 10 < len(design.proof.claims), unproved
