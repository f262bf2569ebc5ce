"""One project for each Drizzle line, made and proved once; every test breaks a copy of it."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from dbarchitect import api
from dbarchitect.design.result import Draft
from dbarchitect.engines import postgres, toolchain
from dbarchitect.model.claim import Claim, Proof
from dbarchitect.prove.context import Context
from dbarchitect.prove.run import prove
from dbarchitect.settings import Line, Settings
from dbarchitect.sql.quote import BREAKPOINT

BRIEF = Path(__file__).with_name("brief.yaml")


@dataclass(frozen=True)
class Demo:
    """A project as `design` made and proved it."""

    folder: Path
    draft: Draft
    settings: Settings
    proof: Proof


@dataclass(frozen=True)
class Copy:
    """A copy of a project, to be broken."""

    folder: Path
    draft: Draft
    settings: Settings

    def prove(self, *kinds: str, draft: Draft | None = None) -> dict[str, Claim]:
        """The claims of some kinds by id, as the folder is now."""
        project = toolchain.Project(self.folder, self.settings.drizzle)
        with project.link():
            context = Context(self.folder, project, draft or self.draft, self.settings, postgres.shared())
            try:
                return {claim.id: claim for claim in prove(context, kinds).claims}
            finally:
                context.close()

    def failed(self, *kinds: str, draft: Draft | None = None) -> dict[str, str]:
        """The reasons of the failed claims by id."""
        claims = self.prove(*kinds, draft=draft)
        return {name: claim.reason or "" for name, claim in claims.items() if claim.status == "failed"}

    def find(self, pattern: str) -> Path:
        """The one file that matches."""
        (path,) = self.folder.glob(pattern)
        return path

    def replace(self, pattern: str, old: str, new: str) -> None:
        """Replace a text that must be there."""
        path = self.find(pattern)
        text = path.read_text(encoding="utf-8")
        assert old in text, f"{path.name} has no {old!r}"
        path.write_text(text.replace(old, new), encoding="utf-8")

    def drop_statement(self, pattern: str, *parts: str) -> None:
        """Leave out the one statement of a migration that has all these texts."""
        path = self.find(pattern)
        statements = path.read_text(encoding="utf-8").split(BREAKPOINT)
        kept = [statement for statement in statements if not all(part in statement for part in parts)]
        assert len(kept) == len(statements) - 1, f"{len(statements) - len(kept)} statements have {parts}"
        path.write_text(BREAKPOINT.join(kept), encoding="utf-8")


def _make(folder: Path, line: Line) -> Demo:
    settings = Settings(drizzle=line)
    design = api.design(str(BRIEF), out=folder, settings=settings)
    assert design.proof is not None
    return Demo(folder, design.draft, settings, design.proof)


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Demo:
    """The project for Drizzle 0.45."""
    return _make(tmp_path_factory.mktemp("demo") / "rooms", "0.45")


@pytest.fixture(scope="session")
def demo_1(tmp_path_factory: pytest.TempPathFactory) -> Demo:
    """The project for Drizzle 1."""
    return _make(tmp_path_factory.mktemp("demo-1") / "rooms", "1")


@pytest.fixture
def copy(demo: Demo, tmp_path: Path) -> Copy:
    """A copy of the 0.45 project."""
    return copy_of(demo, tmp_path)


@pytest.fixture
def copy_1(demo_1: Demo, tmp_path: Path) -> Copy:
    """A copy of the project for line 1."""
    return copy_of(demo_1, tmp_path)


def copy_of(demo: Demo, place: Path) -> Copy:
    folder = place / "project"
    shutil.copytree(demo.folder, folder)
    return Copy(folder, demo.draft, demo.settings)


Break = Callable[[Copy], None]
