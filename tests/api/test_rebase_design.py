"""Two branches of a designed project: rebased after a merge, the project goes on as if one had come after the other."""

import json
import subprocess

import pytest

from dbarchitect import api
from dbarchitect.api import carrying
from dbarchitect.model.claim import Proof
from dbarchitect.prove import run as proving
from dbarchitect.settings import LINES, Settings

BASE = """\
title: Notes
entities:
  author:
    name: person name required
  note:
    title: varchar(120) required
relationships:
  - note belongs to author (required, cascade)
"""
MAIN = BASE.replace("name required\n", "name required\n    score: integer required default 0\n")
MINE = BASE.replace("(120) required\n", "(120) required\n    pinned: boolean required default false\n")
BOTH = MAIN.replace("(120) required\n", "(120) required\n    pinned: boolean required default false\n")


def git(folder, *words, fine=True):
    settings = ["-c", "user.name=T", "-c", "user.email=t@example.org", "-c", "commit.gpgsign=false"]
    done = subprocess.run(["git", *settings, *words], cwd=folder, check=fine, capture_output=True, text=True)
    return done.stdout.split()


@pytest.mark.parametrize(("line", "side"), list(zip(LINES, ("theirs", "ours"), strict=True)))
def test_a_designed_project_goes_on_after_a_rebase(line, side, tmp_path, monkeypatch):
    out = tmp_path / "notes"

    def design(text):
        (tmp_path / "brief.yaml").write_text(text)
        return api.design(str(tmp_path / "brief.yaml"), out=out, settings=Settings(drizzle=line))

    prove = proving.prove
    monkeypatch.setattr(proving, "prove", lambda context: Proof("", line, "18", "house", ()))
    git(tmp_path, "init", "-qb", "main")
    design(BASE)
    git(tmp_path, "add", ".")
    git(tmp_path, "commit", "-qm", "base")
    for branch, text in (("mine", MINE), ("other", MAIN)):
        git(tmp_path, "checkout", "-qb", branch, "main")
        design(text)
        git(tmp_path, "add", ".")
        git(tmp_path, "commit", "-qm", branch)
    git(tmp_path, "checkout", "-q", "mine")
    git(tmp_path, "merge", "-q", "other", fine=False)
    git(tmp_path, "checkout", f"--{side}", *git(tmp_path, "diff", "--name-only", "--relative", "--diff-filter=U"))
    git(tmp_path, "add", ".")
    git(tmp_path, "commit", "-qm", "merged, and every conflict decided for one side")

    ((_, now),) = api.rebase("git:other", folder=out).names
    assert json.loads((out / ".dbarchitect/manifest.json").read_text())["tags"][-1] == now
    monkeypatch.setattr(proving, "prove", lambda context: prove(context, ("migration", "kit", "catalog")))
    done = design(BOTH)
    assert [claim.reason for claim in done.proof.claims if claim.status != "proved"] == []
    assert [path for path in done.files.written if path.startswith("drizzle/")] == [], "both changes are in it"
    assert [path for path in done.files.beside if not path.startswith("docs/")] == [], "nothing counts as edited"
    assert carrying.next_plan(out, renames={}, allow=[], runner="drizzle", postgres=18).plan.steps == ()
    assert api.rebase("git:other", folder=out).names == ()
