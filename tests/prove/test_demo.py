"""The whole proof of a project that nobody has touched."""

from __future__ import annotations

import hashlib
import json
import os
from pathlib import Path

import pytest
from prove.conftest import Copy, Demo

from dbarchitect import api
from dbarchitect.prove.run import kinds

ACCEPTED = frozenset[str]()
"""Claims that nobody can decide on this project; each with the reason that a user would accept."""


@pytest.mark.parametrize("line", ["0.45", "1"])
@pytest.mark.timeout(300)
def test_everything_is_proved(line: str, request: pytest.FixtureRequest) -> None:
    demo: Demo = request.getfixturevalue("demo" if line == "0.45" else "demo_1")
    assert [(claim.id, claim.reason) for claim in demo.proof.failed] == []
    undecided = {claim.id: claim.reason for claim in demo.proof.claims if claim.status == "unproved"}
    assert undecided.keys() == ACCEPTED
    assert {claim.kind for claim in demo.proof.claims} == {module.KIND for module in kinds()}


def test_every_query_has_a_claim(demo: Demo) -> None:
    from dbarchitect.write.drizzle.catalogue import queries

    claims = {claim.id: claim for claim in demo.proof.claims}
    specs = queries(demo.draft.schema, demo.settings)
    assert len(specs) > 30
    for spec in specs:
        claim = claims[f"query:{spec.module}#{spec.function}"]
        assert claim.status == "proved"
        if spec.reads and spec.index:
            assert claim.evidence["index"]
        if spec.tenant:
            assert claim.evidence["attacks"]


def test_a_proof_has_the_same_bytes_every_time(copy: Copy, demo: Demo) -> None:
    again = copy.prove(*(module.KIND for module in kinds() if module.KIND not in ("tests", "types")))
    stored = json.loads((demo.folder / "proof.json").read_text(encoding="utf-8"))
    for claim in stored["claims"]:
        if claim["kind"] not in ("tests", "types"):
            assert again[claim["id"]].evidence == claim["evidence"]
            assert again[claim["id"]].statement == claim["statement"]
    text = (demo.folder / "proof.json").read_text(encoding="utf-8")
    assert str(demo.folder) not in text
    assert "/tmp/" not in text
    assert "scratch_" not in text
    assert "postgresql://" not in text


def test_prove_leaves_the_folder_alone(copy: Copy) -> None:
    for path in (copy.folder / "test").glob("*.test.ts"):  # proved elsewhere, and slow
        if path.name != "companies.test.ts":
            path.unlink()
    packages = copy.folder / "node_modules"
    packages.mkdir()
    (packages / "mine.txt").write_text("the user's own", encoding="utf-8")
    copy.replace("src/db/pagination.ts", "export", "export  ")
    before = _tree(copy.folder)
    proof = api.prove(copy.folder)
    assert _tree(copy.folder) == before
    assert [claim.kind for claim in proof.failed] == ["style"]


def _tree(folder: Path) -> dict[str, str]:
    found = {}
    for root, folders, files in os.walk(folder):
        folders.sort()
        for name in [*folders, *files]:
            path = Path(root) / name
            content = hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else ""
            found[str(path.relative_to(folder))] = f"{content} {path.stat().st_mtime_ns} {path.stat().st_mode}"
    return found


def test_the_tests_run_files_without_a_transaction(copy: Copy) -> None:
    """PGlite puts what is sent at once into one transaction, and CONCURRENTLY runs in none."""
    path = copy.folder / "drizzle" / "meta" / "_journal.json"
    journal = json.loads(path.read_text(encoding="utf-8"))
    last = journal["entries"][-1]
    tag = f"{last['idx'] + 1:04d}_later"
    journal["entries"].append({**last, "idx": last["idx"] + 1, "when": last["when"] + 1000, "tag": tag})
    path.write_text(json.dumps(journal), encoding="utf-8")
    (copy.folder / "drizzle" / f"{tag}.sql").write_text(
        "-- dbarchitect: no-transaction\nSET lock_timeout = 0;\n--> statement-breakpoint\n"
        'CREATE INDEX CONCURRENTLY "org_rooms_later_idx" ON "org_rooms" ("name");\n--> statement-breakpoint\n'
        'REINDEX INDEX CONCURRENTLY "org_rooms_later_idx";\n',
        encoding="utf-8",
    )
    for file in (copy.folder / "test").glob("*.test.ts"):
        file.unlink()
    (copy.folder / "test" / "later.test.ts").write_text(
        "import { expect, test } from 'bun:test'\nimport { openDatabase } from './database'\n\n"
        "test('the index is there', async () => {\n  const { client, close } = await openDatabase()\n"
        "  const { rows } = await client.query(`select from pg_indexes where indexname = 'org_rooms_later_idx'`)\n"
        "  expect(rows).toHaveLength(1)\n  await close()\n})\n",
        encoding="utf-8",
    )
    assert copy.failed("tests") == {}
