"""What a query reads, from its text."""

import pytest

from dbarchitect.migrate.query_columns import columns_of


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("SELECT a FROM t", {"t.a"}),
        ("SELECT x.a, y.b FROM t x JOIN s.u AS y ON x.id = y.t_id", {"t.a", "u.b", "t.id", "u.t_id"}),
        ("SELECT * FROM t, u", {"t.*", "u.*"}),
        ("SELECT x.* FROM t x, u", {"t.*"}),
        ("SELECT *, (SELECT name FROM c WHERE c.id = t.c_id) FROM t", {"t.*", "c.name", "c.id", "t.c_id"}),
        ("WITH w AS (SELECT n FROM t) SELECT n FROM w", {"t.n", "w.n"}),
        ("SELECT row_to_json(t) FROM t", {"t.*", "t.t"}),
        ("SELECT 1 FROM t JOIN u USING (k) WHERE t.a = 'b.c' ORDER BY u.z", {"t.k", "u.k", "t.a", "u.z"}),
        ("SELECT a FROM t UNION SELECT b FROM u", {"t.a", "u.b"}),
        ("SELECT count(*) FROM t", set()),
    ],
)
def test_columns(query, found):
    assert {f"{relation}.{column}" for relation, column in columns_of(query)} == found


def test_an_expression_is_no_query():
    assert columns_of("tenant = current_user") is None
