"""Every command of an emitted project's README does what it says, on a server of the user's own."""

import re
from pathlib import Path

import pytest

from dbarchitect import api
from dbarchitect.engines import bun, postgres
from dbarchitect.engines.postgres import Connection
from dbarchitect.prove import run as prove
from dbarchitect.settings import Line, Settings

BRIEF = """\
title: Desk
tenant: company
entities:
  company:
    name: name required
  ticket:
    subject: varchar(200) required search
    status: one of open, closed required default open
    rules:
      - never deleted
relationships: []
"""
BLOCK = re.compile(r"^```(sh|sql)\n(.*?)^```", re.MULTILINE | re.DOTALL)


def commands(readme: str, language: str) -> list[str]:
    """The lines of the README's code blocks of one language, without comments."""
    blocks = [body for kind, body in BLOCK.findall(readme) if kind == language]
    stripped = [re.sub(r"\s+(#|--) .*$|^(#|--) .*$", "", line) for body in blocks for line in body.splitlines()]
    return [line for line in stripped if line]


def run(folder: Path, command: str, environment: dict[str, str]) -> str:
    """A line of shell that begins with `bun`, run by the Bun of the package and nothing else on PATH."""
    program, *words = command.split()
    assert program == "bun", command
    finished = bun.run(words, cwd=folder, env=environment, network=True, timeout=110)
    assert finished.ok, f"{command}: {finished.output}"
    return finished.output


def grant(connection: Connection, sql: list[str]) -> None:
    for statement in sql:
        connection.execute(statement.replace("…", "secret").encode())


@pytest.mark.parametrize("line", ["0.45", "1"])
def test_every_command_of_the_readme(tmp_path: Path, line: Line, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = prove.prove
    monkeypatch.setattr(prove, "prove", lambda context: whole(context, ("style",)))  # the commands are a proof, too
    (tmp_path / "desk.yaml").write_text(BRIEF)
    folder = tmp_path / "desk"
    api.design(str(tmp_path / "desk.yaml"), out=folder, settings=Settings(drizzle=line))
    readme = (folder / "README.md").read_text()
    with postgres.start() as server:
        owner = server.role("owner")
        with server.database(owner=owner) as database:
            with database.connect() as superuser, database.connect(owner) as connection:
                create, *grants = commands(readme, "sql")
                grant(superuser, [create])
                grant(connection, grants)
            environment = {
                "DATABASE_URL": database.url("app_user"),
                "MIGRATE_DATABASE_URL": database.url(owner),
            }
            outputs = {command: run(folder, command, environment) for command in commands(readme, "sh")}
            with database.connect() as connection:
                left = connection.execute("select count(*) from pg_class where relname = 'org_tickets'").fetchone()
    assert "No schema changes" in outputs["bun x drizzle-kit generate"]
    assert re.search(r"\b0 fail", outputs["bun test"])
    assert len(list((folder / "node_modules/.cache").glob("pglite-*.tar"))) == 1, "the next run makes no cluster"
    assert left == (1,)
    assert {"bun install --frozen-lockfile", "bun run db:migrate", "bun run db:seed --rows 20"} <= set(outputs)
