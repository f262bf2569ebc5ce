"""Plans between sources: what a brief says of renames, and what Drizzle's words leave unsaid."""

from __future__ import annotations

import pytest

from dbarchitect import api
from dbarchitect.api.drafting import read_brief, think
from dbarchitect.brief_source import BriefSource
from dbarchitect.settings import Settings

BRIEF = """\
title: Shop
entities:
  writer:
    attributes:
      pen_name: {type: text}
"""


def test_a_brief_says_what_it_called_otherwise(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    old = think(read_brief(BriefSource(BRIEF, "old.yaml")), {}, Settings()).schema
    now = BRIEF.replace("writer:", "author:").replace("pen_name", "full_name")
    (tmp_path / "new.yaml").write_text(now, encoding="utf-8")
    made = api.plan(old, "new.yaml")
    assert made.renames == {}
    (tmp_path / "new.yaml").write_text(f"{now}was:\n  author: writer\n  author.full_name: pen_name\n", encoding="utf-8")
    made = api.plan(old, "new.yaml")
    assert sorted(made.renames.values()) == ["column:public.authors.full_name", "table:public.authors"]
    assert made.questions == ()
    assert {hazard.name for step in made.steps for hazard in step.hazards} == {"rename"}


DRIZZLE = """\
import { pgTable, integer, text } from 'drizzle-orm/pg-core'
export const users = pgTable('users', { id: integer('id').primaryKey(), fullName: text('full_name').notNull() })
"""
SQL = """\
create extension citext;
create table users (id int primary key, name text not null);
create function f() returns trigger language plpgsql as $$ begin return new; end $$;
create trigger t before insert on users for each row execute function f();
"""


@pytest.mark.parametrize("renames", [{"users.name": "full_name"}, {}])
def test_what_drizzle_cannot_say_stays_and_is_named(tmp_path, monkeypatch, renames):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "schema.ts").write_text(DRIZZLE, encoding="utf-8")
    (tmp_path / "old.sql").write_text(SQL, encoding="utf-8")
    made = api.plan("old.sql", "schema.ts", renames=renames, static=True)
    assert made.kept == ("extension:citext", "function:public.f", "trigger:public.users.t")
    statements = [statement for step in made.steps for statement in step.up if "timeout" not in statement]
    assert not [statement for statement in statements if statement.startswith("DROP")]
    assert len(statements) == (1 if renames else 2)
