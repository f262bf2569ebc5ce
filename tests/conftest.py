"""Fixtures that more than one folder of tests uses. Servers are real, and started once for the whole run."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from dbarchitect.engines import postgres


@pytest.fixture(scope="session")
def server() -> Iterator[postgres.Server]:
    """A throw-away PostgreSQL server of ours."""
    with postgres.start() as started:
        yield started


@pytest.fixture
def database(server: postgres.Server) -> Iterator[postgres.Database]:
    """An empty database on `server`."""
    with server.database() as made:
        yield made
