"""A file that takes away what programs of before need waits until it is asked for; a new database has no programs."""

import pytest
from migrate.folders import QUICK, TWO_PHASES, made, write

from dbarchitect.migrate.runner.book import Book
from dbarchitect.migrate.runner.folder import read_folder
from dbarchitect.migrate.runner.run import run
from dbarchitect.migrate.runner.standing import stand


@pytest.mark.parametrize("kind", ["0.45", "1", "sql"])
def test_each_contract_waits_until_it_comes_next_and_is_asked_for(database, tmp_path, kind):
    write(tmp_path, kind, dict(list(TWO_PHASES.items())[:1]))
    with database.connect() as connection:
        assert len(run(connection, read_folder(tmp_path), patience=QUICK).applied) == 1
        write(tmp_path, kind, TWO_PHASES)
        whole = read_folder(tmp_path)
        standing = stand(whole, Book(connection, whole.form))
        assert [len(standing.pending), len(standing.waiting)] == [1, 3]
        found = []
        for contract in (True, False, True, False, True):
            done = run(connection, whole, patience=QUICK, contract=contract)
            found.append((len(done.applied), made(connection)))
        assert found == [(1, "one two"), (0, "one two"), (2, "four two"), (0, "four two"), (1, "four")]


def test_a_new_database_has_no_programs(database, tmp_path):
    write(tmp_path, "sql", TWO_PHASES)
    with database.connect() as connection:
        assert len(run(connection, read_folder(tmp_path), patience=QUICK).applied) == 5
        assert made(connection) == "four"
