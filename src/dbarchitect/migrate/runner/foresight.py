"""What pending statements will lock, told from their texts and the schema that the database has now."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from dbarchitect.migrate.locks import followed, strongest
from dbarchitect.migrate.runner.standing import Standing
from dbarchitect.migrate.runner.statements import statements
from dbarchitect.migrate.surroundings import of_schema
from dbarchitect.model.plan import Lock
from dbarchitect.model.schema import Schema
from dbarchitect.read.sql import reader
from dbarchitect.read.sql.blocks import is_told
from dbarchitect.read.sql.replay import Replay
from dbarchitect.read.sql.script import scripts

Locks = Mapping[tuple[str, int], tuple[Lock, ...]]
"""Locks by the name of a migration and the number of a statement; where nothing is known there is no entry."""

_DARK = frozenset({"CallStmt", "SelectStmt"})
"""What runs code of which the text tells nothing."""


def foresee(schema: Schema, standing: Standing, *, postgres: int) -> Locks:
    """The locks of what is pending; statements that an earlier run did are left out.

    Args:
        schema: of the database now.
        standing: what is pending.
        postgres: the server's major version.
    """
    return dict(_foreseen(schema, standing, postgres))


def _foreseen(schema: Schema, standing: Standing, postgres: int) -> Iterator[tuple[tuple[str, int], tuple[Lock, ...]]]:
    replay = Replay(reader.run)
    replay.state = of_schema(schema).state
    for item in standing.pending:
        begun = standing.begun
        done = begun.done if begun is not None and begun.file == item.name else 0
        texts = [statement.text for statement in statements(item)[done:]]
        (script,) = scripts({item.name: ";\n".join(texts)})
        if len(script.statements) != len(texts):
            return  # a statement that is read in another way than it is run: say nothing rather than something wrong
        replay.set_path(["public"])
        for number, written in enumerate(script.statements, start=done):
            told = is_told(written) if "DoStmt" in written.node else written.node.keys().isdisjoint(_DARK)
            found = tuple(followed(replay, written, min(postgres, 18)))
            if told:
                yield (item.name, number), strongest(found)
