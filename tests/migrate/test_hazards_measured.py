"""What hazards say of rows and prepared statements, as PostgreSQL has it; locks are in the truth table."""

import psycopg
import pytest

from dbarchitect.migrate.checking import check
from dbarchitect.migrate.walk import Options

FORCED = """
CREATE TABLE p (id int PRIMARY KEY);
CREATE TABLE t (id int PRIMARY KEY, p_id int);
CREATE TABLE u (id int);
INSERT INTO p VALUES (1);
INSERT INTO t VALUES (1, 1), (2, 99);
INSERT INTO u VALUES (1);
ALTER TABLE t ENABLE ROW LEVEL SECURITY;
ALTER TABLE t FORCE ROW LEVEL SECURITY;
"""
SERIAL = "CREATE TABLE t (id serial PRIMARY KEY, a text);\nINSERT INTO t (a) VALUES ('x'), ('y');\n"


@pytest.fixture
def owner(server):
    """A session of a role that owns what it makes and is held by row security."""
    with server.database() as database, database.connect() as connection:
        connection.prepare_threshold = None
        connection.execute("do $$ begin create role plain_owner; exception when duplicate_object then null; end $$")
        connection.execute("grant all on schema public to plain_owner")
        connection.execute("set role plain_owner")
        yield connection


def said(before, sql):
    checked = check({"0.sql": before, "1.sql": sql}, Options(only=frozenset(["1.sql"])))
    return {item.code: item for item in checked.hazards}


def copied(connection, sql):
    with connection.cursor().copy(sql) as copy:
        copy.write_row((3, 1))


@pytest.mark.parametrize(
    ("sql", "state"),
    [
        ("INSERT INTO t VALUES (3)", "42501"),
        ("COPY t FROM STDIN", "0A000"),
        ("ALTER TABLE u ADD CONSTRAINT k FOREIGN KEY (id) REFERENCES t", "23503"),
    ],
)
def test_forced_row_security_refuses(owner, sql, state):
    owner.execute(FORCED)
    assert state in said(FORCED, sql)["RLS01"].message
    with pytest.raises(psycopg.Error) as refused:
        copied(owner, sql) if sql.startswith("COPY") else owner.execute(sql.encode())
    assert refused.value.sqlstate == state


def test_forced_row_security_hides_rows_in_silence(owner):
    owner.execute(FORCED)
    for sql in ("UPDATE t SET p_id = 1", "DELETE FROM t", "INSERT INTO u SELECT id FROM t"):
        assert "RLS01" in said(FORCED, sql)
        assert owner.execute(sql.encode()).rowcount == 0
    key = "ALTER TABLE t ADD CONSTRAINT k FOREIGN KEY (p_id) REFERENCES p"
    assert "go unseen" in said(FORCED, key)["RLS01"].message
    owner.execute(key.encode())
    assert owner.execute("select convalidated from pg_constraint where conname = 'k'").fetchone() == (True,)
    owner.execute("alter table t no force row level security")
    assert owner.execute("select count(*) from t where p_id = 99").fetchone() == (1,), "an orphan under a valid key"


def test_a_serial_column_s_successor_counts_from_1(owner):
    owner.execute(SERIAL)
    sql = "ALTER TABLE t ALTER COLUMN id DROP DEFAULT;\nALTER TABLE t ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY;"
    assert "counts from 1" in said(SERIAL, sql)["DL18"].message
    owner.execute(sql.encode())
    with pytest.raises(psycopg.errors.UniqueViolation):
        owner.execute("insert into t (a) values ('z')")


def test_a_column_that_takes_the_name_of_a_serial_one_is_not_numbered(owner):
    owner.execute(SERIAL)
    sql = """ALTER TABLE t ADD COLUMN n bigint; UPDATE t SET n = id; ALTER TABLE t DROP CONSTRAINT t_pkey;
        ALTER TABLE t RENAME COLUMN id TO old; ALTER TABLE t RENAME COLUMN n TO id;
        ALTER TABLE t ADD PRIMARY KEY (id)"""
    assert "23502" in said(SERIAL, sql)["DL18"].message
    owner.execute(sql.encode())
    with pytest.raises(psycopg.errors.NotNullViolation):
        owner.execute("insert into t (a) values ('z')")
    more = "ALTER TABLE t ALTER COLUMN id SET DEFAULT nextval('t_id_seq')"
    owner.execute(more.encode())
    found = said(f"{SERIAL}{sql};\n{more};\n", "ALTER TABLE t DROP COLUMN old CASCADE")
    assert "the default of id" in found["DL18"].message
    owner.execute("alter table t drop column old cascade")
    with pytest.raises(psycopg.errors.NotNullViolation):
        owner.execute("insert into t (a) values ('z')")


def test_a_serial_column_s_sequence_stays_an_integer(owner):
    owner.execute(SERIAL)
    sql = "ALTER TABLE t ALTER COLUMN id TYPE bigint"
    assert "2,147,483,647" in said(SERIAL, sql)["DL18"].message
    owner.execute(sql.encode())
    assert owner.execute("select data_type::text from pg_sequences").fetchone() == ("integer",)


@pytest.mark.parametrize(
    ("query", "sql", "fails"),
    [
        ("select * from t", "ALTER TABLE t ADD COLUMN b int", True),
        ("insert into t (id) values (9) returning *", "ALTER TABLE t RENAME COLUMN a TO b", True),
        ("select id from t", "ALTER TABLE t ALTER COLUMN id TYPE bigint", True),
        ("select id, a from t", "ALTER TABLE t ADD COLUMN b int", False),
        ("select id from t", "ALTER TABLE t ALTER COLUMN id SET DEFAULT 7", False),
    ],
)
def test_prepared_results_that_change_are_refused(owner, query, sql, fails):
    owner.execute(SERIAL)
    owner.execute(f"prepare q as {query}".encode())
    owner.execute(sql.encode())
    if fails:
        assert "BR04" in said(SERIAL, sql)
        with pytest.raises(psycopg.errors.FeatureNotSupported, match="must not change result type"):
            owner.execute("execute q")
    else:
        owner.execute("execute q")


def test_a_trigger_that_still_says_a_column_stops_writes(owner):
    before = """CREATE TABLE t (id int PRIMARY KEY, a text, b text);
        CREATE FUNCTION twin() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN NEW.b := NEW.a; RETURN NEW; END $$;
        CREATE TRIGGER twin BEFORE INSERT ON t FOR EACH ROW EXECUTE FUNCTION twin();
        """
    owner.execute(before)
    assert "42703" in said(before, "ALTER TABLE t DROP COLUMN a")["BR06"].message
    owner.execute("alter table t drop column a")
    with pytest.raises(psycopg.errors.UndefinedColumn):
        owner.execute("insert into t values (1)")
