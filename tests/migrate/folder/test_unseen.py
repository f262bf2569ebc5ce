"""What was made by hand beside Drizzle stays, part by part, unless what it needs goes."""

from dbarchitect.migrate.element import elements
from dbarchitect.migrate.folder.unseen import with_parts
from dbarchitect.read.sql.reader import read

BEFORE = """
create table p (id int constraint p_pkey primary key);
create table t (id int constraint t_pkey primary key, name text, old text, hand text, number serial, other int);
create index told on t (name);
create index by_hand on t (lower(name));
create index of_hand on t (hand);
create index of_old on t (old);
alter table t add constraint named check (name <> ''), add constraint checked check (hand <> name);
alter table t add constraint linked foreign key (other) references p (id);
"""
AFTER = """
create table p (id int constraint p_pkey primary key);
create table t (id int constraint t_pkey primary key, name text);
"""
TOLD = {("public", "p"): frozenset({"id"}), ("public", "t"): frozenset({"id", "name", "old", "told", "named"})}


def test_parts_that_drizzle_was_not_told_of_stay() -> None:
    old, new = read({"": BEFORE}).schema, read({"": AFTER}).schema
    places = elements(with_parts(old, new, TOLD))
    stay = ["column:public.t.hand", "column:public.t.number", "sequence:public.t_number_seq", "index:public.by_hand",
            "index:public.of_hand", "constraint:public.t.checked", "constraint:public.t.linked"]  # fmt: skip
    assert [place for place in stay if place not in places] == []
    goes = ["column:public.t.old", "index:public.told", "index:public.of_old", "constraint:public.t.named"]
    assert [place for place in goes if place in places] == []


def test_without_a_snapshot_and_without_their_parent_they_go() -> None:
    old = read({"": BEFORE}).schema
    untold = elements(with_parts(old, read({"": AFTER}).schema))
    assert "index:public.by_hand" not in untold
    lonely = read({"": AFTER.partition(";")[2]}).schema
    assert "constraint:public.t.linked" not in elements(with_parts(old, lonely, TOLD))
