"""No single change of the migrations' SQL passes unseen: it fails, or the catalog differs from two others."""

from __future__ import annotations

import pytest
from prove.conftest import Copy

INIT = "drizzle/*_init.sql"
COMPANION = "drizzle/*_companion.sql"

REPLACED = {
    "a wider number": (INIT, "numeric(12, 2)", "numeric(14, 2)"),
    "a shorter text": (INIT, "varchar(80)", "varchar(79)"),
    "a column that may be empty": (INIT, '"floor"           integer        NOT NULL', '"floor"           integer'),
    "a label less": (INIT, "'requested', 'confirmed', 'cancelled'", "'requested', 'confirmed'"),
    "labels in another order": (INIT, "'requested', 'confirmed', 'cancelled'", "'confirmed', 'requested', 'cancelled'"),
    "a weaker check": (INIT, "hourly_price >= 0", "hourly_price >= -1"),
    "another delete rule": (INIT, "ON DELETE RESTRICT", "ON DELETE CASCADE"),
    "an index the other way round": (INIT, '"created_at" DESC', '"created_at"'),
    "an index over all rows": (INIT, "WHERE (deleted_at is null)", ""),
    "a timestamp without zone": (INIT, '"starts_at"       timestamptz', '"starts_at"       timestamp'),
    "another setting in the policies": (INIT, "'app.organization_id'", "'app.tenant_id'"),
    "a policy for reading only": (INIT, "FOR ALL TO PUBLIC", "FOR ALL TO CURRENT_USER"),
    "rows without security": (COMPANION, " FORCE ROW LEVEL SECURITY", " NO FORCE ROW LEVEL SECURITY"),
    "another trigger event": (COMPANION, "BEFORE DELETE OR UPDATE ON", "BEFORE DELETE ON"),
    "a function that lets pass": (COMPANION, "raise exception", "raise notice"),
    "a closed interval": (COMPANION, "'[)'", "'[]'"),
    "another comment": (COMPANION, "IS 'The", "IS 'Some"),
}


@pytest.mark.parametrize("name", REPLACED)
def test_a_change_of_the_sql_is_seen(name: str, copy: Copy) -> None:
    pattern, old, new = REPLACED[name]
    path = copy.find(pattern)
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    assert copy.failed("catalog") or copy.failed("migration")
