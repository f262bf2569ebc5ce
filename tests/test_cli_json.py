"""The JSON that the commands print is what the JSON Schemas in the package say."""

import json
from pathlib import Path

import jsonschema
import pytest
from test_cli import dbarchitect
from test_cli_output import PROOF

import dbarchitect as package
from dbarchitect.model.claim import Claim, Proof

SCHEMAS = Path(package.__file__).parent / "schemas"
WORDS = "each organization has many products; a product has a name, a unique sku and a price"


def validate(payload, name):
    schema = json.loads((SCHEMAS / f"{name}.schema.json").read_text(encoding="utf-8"))
    jsonschema.Draft202012Validator(schema).validate(payload)


@pytest.mark.parametrize("path", sorted(SCHEMAS.glob("*.json")), ids=lambda path: path.name)
def test_a_schema_is_a_schema(path):
    jsonschema.Draft202012Validator.check_schema(json.loads(path.read_text(encoding="utf-8")))


def test_a_doctors_report(tmp_path):
    validate(json.loads(dbarchitect("doctor", "--format", "json", folder=tmp_path).stdout), "doctor")


def test_a_dry_run(tmp_path):
    done = dbarchitect("design", WORDS, "--dry-run", "--format", "json", folder=tmp_path)
    assert done.returncode == 0, done.stderr
    validate(json.loads(done.stdout), "design")
    assert list(tmp_path.iterdir()) == []


def test_a_proof():
    proved = Claim("types", "types", None, "proved", "Types check.", None, {"files": 3})
    failed = Claim("x:table:public.t", "x", "table:public.t", "failed", "It holds.", "t has no key")
    validate(Proof("0" * 64, "0.45", "18.6", "house", (proved, failed)).to_json(), "proof")


@pytest.mark.parametrize(
    "change",
    [
        {"claims": [{**PROOF["claims"][0], "status": "maybe"}]},
        {"claims": [{**PROOF["claims"][0], "reason": "none"}]},
        {"at": 1},
    ],
)
def test_a_wrong_proof_is_seen(change):
    with pytest.raises(jsonschema.ValidationError):
        validate({**PROOF, "schema_hash": "0" * 64, **change}, "proof")


def test_the_example_is_a_brief_that_works(tmp_path):
    example = dbarchitect("design", "--example", folder=tmp_path)
    assert example.returncode == 0, example.stderr
    (tmp_path / "brief.yaml").write_text(example.stdout, encoding="utf-8")
    done = dbarchitect("design", "brief.yaml", "--dry-run", "--format", "json", folder=tmp_path)
    assert done.returncode == 0, done.stderr
    piped = dbarchitect("design", "-", "--dry-run", "--format", "json", folder=tmp_path, stdin=example.stdout)
    assert json.loads(piped.stdout)["schema"]["tables"] == json.loads(done.stdout)["schema"]["tables"]


def test_an_unknown_answer_names_the_questions(tmp_path):
    done = dbarchitect("design", WORDS, "--dry-run", "--answer", "nope=1", folder=tmp_path)
    assert done.returncode == 2
    assert "no question 'nope'" in done.stderr
