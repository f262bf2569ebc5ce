"""No verdict may contradict what was measured."""

from __future__ import annotations

import pytest

from dbarchitect.migrate import effects, locks
from dbarchitect.migrate.history import surroundings_after
from dbarchitect.migrate.surroundings import of_schema
from dbarchitect.migrate.truth import table
from dbarchitect.model.address import address
from dbarchitect.read.sql import reader
from dbarchitect.read.sql.replay import Replay
from dbarchitect.read.sql.script import scripts
from dbarchitect.sql.classify import classify
from dbarchitect.sql.parser import SqlSyntaxError

LISTING = table.listing()
ROWS = table.rows()
WEAK = ("ACCESS SHARE",)


def judged(row):
    around = surroundings_after([LISTING.setups[row.asked.setup], *row.asked.first])
    zone = next((text.split("'")[1] for text in row.asked.settings if "timezone" in text), "UTC")
    if row.asked.sql.startswith("DO "):
        return of_block(row, around)
    try:
        return effects.of(classify(row.asked.sql), around, timezone=zone), around
    except SqlSyntaxError:  # the grammar itself refuses it
        return effects.Effect(refused="0A000"), around


def of_block(row, around):
    """What is said of the statements in a DO block together."""
    replay = Replay(reader.run)
    replay.state = around.state
    (script,) = scripts({"a.sql": row.asked.sql})
    found = tuple(locks.strongest(locks.followed(replay, script.statements[0], 18)))
    return effects.Effect(found), around


def said(locks, around, *, rows):
    """What is compared: locks on tables and views, what is rewritten and scanned, the known indexes that are built."""
    known = {address("index", *key) for key in around.state.indexes}
    found = {}
    for lock in locks:
        kind = lock.address.partition(":")[0]
        if kind in ("table", "view") and lock.mode not in WEAK:
            found[lock.address] = (lock.mode, lock.rewrites, lock.scans and not rows)
        elif lock.address in known and lock.rewrites:
            found[lock.address] = "built"
    return found


def contradictions(setup):
    """The rows of a set-up that a verdict contradicts."""
    wrong = []
    for row in ROWS:
        if row.asked.setup != setup:
            continue
        effect, around = judged(row)
        rows = row.asked.sql.split("BEGIN ")[-1].split()[0] in ("INSERT", "UPDATE", "DELETE", "MERGE", "SELECT")
        if row.sqlstate is not None:
            if effect.refused not in (None, row.sqlstate):
                wrong.append((row.asked, row.sqlstate, effect.refused))
        elif effect.refused is not None:
            wrong.append((row.asked, "runs", effect.refused))
        elif said(row.locks, around, rows=rows) != said(effect.locks, around, rows=rows):
            wrong.append((row.asked, said(row.locks, around, rows=rows), said(effect.locks, around, rows=rows)))
        elif effect.alone == row.transaction:
            wrong.append((row.asked, "alone", effect.alone))
    return wrong


@pytest.mark.parametrize("setup", LISTING.setups)
def test_no_verdict_contradicts_a_measurement(setup):
    assert contradictions(setup) == []


@pytest.mark.parametrize("action", ["set type", "rename column", "drop column"])
def test_a_wrong_verdict_would_be_seen(monkeypatch, action):
    monkeypatch.setitem(effects.COMMANDS, action, lambda verdict, act: None)
    monkeypatch.setitem(effects._ACTS, action, lambda verdict, act: None)
    assert contradictions("seen")


def test_the_verdict_names_most_refusals():
    """A refusal that depends on rows, types or privileges is not in the text; the others are named."""
    named = [row for row in ROWS if row.sqlstate and judged(row)[0].refused]
    assert len(named) > 25


def test_of_schema_knows_what_the_history_knew():
    """The same verdict from a whole schema as from the replayed statements."""
    whole = of_schema(reader.read({"a.sql": LISTING.setups["shop"]}).schema)
    for row in [row for row in ROWS if row.asked.setup == "shop" and not row.asked.first][:120]:
        effect, _ = judged(row)
        if not row.asked.settings:
            assert effects.of(classify(row.asked.sql), whole).locks == effect.locks, row.asked.sql
