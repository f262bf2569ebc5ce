"""PostgreSQL servers to prove things on: our own throw-away ones, and one of the user's choosing.

    with postgres.start() as server, server.database() as database, database.connect() as connection:
        connection.execute("select 1")

Importing this module loads psycopg; verbs import it where they need it.
"""

from __future__ import annotations

import atexit
import os
import threading
from collections.abc import Mapping
from contextlib import suppress

from dbarchitect.engines.postgres_attached import AttachedServer
from dbarchitect.engines.postgres_database import Database
from dbarchitect.engines.postgres_own import OwnServer
from dbarchitect.engines.postgres_server import Server
from dbarchitect.engines.postgres_session import Connection
from dbarchitect.errors import DbarchitectError

__all__ = ["Connection", "Database", "Server", "attach", "shared", "start"]

_open: list[Server] = []  # held, so that a server whose owner forgot it is still stopped at exit
_open_by = 0  # process id: a fork must neither use nor stop its parent's servers
_inherited: list[list[Server]] = []  # of the parent; held, because letting go would close its connections
_shared: OwnServer | None = None
_shared_by = 0
_lock = threading.Lock()


def start(*, settings: Mapping[str, str] | None = None, roomy: bool = False) -> Server:
    """Start a throw-away server of one's own; it is gone after `stop`, and after the end of this process.

    Args:
        settings: more server settings, such as `{"shared_preload_libraries": "pg_stat_statements"}`.
        roomy: keep the data on a disk, for more rows than memory holds. Small servers are several times faster
            in memory.

    Raises:
        EngineError: no PostgreSQL was found, or it did not start.
    """
    server = OwnServer(settings, roomy=roomy)
    _remember(server)
    return server


def shared() -> Server:
    """The one server of this process, started at first use and stopped at exit.

    Raises:
        EngineError: as for `start`.
    """
    global _shared, _shared_by
    with _lock:
        if _shared is None or _shared_by != os.getpid() or _shared.stopped:
            _shared = OwnServer()
            _shared_by = os.getpid()
            _remember(_shared)
        return _shared


def attach(url: str) -> Server:
    """Use a server of the user's choosing (`--proof-url`) for scratch databases and roles of ours, and only those.

    Every database and role that we make there is named `dbarchitect_<random>_...`, dropped by `stop` and at exit;
    what a killed run left behind is dropped by the next `attach`.

    Args:
        url: a libpq URL or connection string; never printed. Its role needs CREATEDB, and CREATEROLE for guests.

    Raises:
        EngineError: it cannot be reached, is older than 15, or its role may not create databases.
    """
    server = AttachedServer(url)
    _remember(server)
    return server


def _remember(server: Server) -> None:
    global _open_by
    if _open_by != os.getpid():
        if _open:
            _inherited.append(list(_open))
            _open.clear()
        _open_by = os.getpid()
        atexit.register(_stop_all, _open_by)
    _open[:] = [known for known in _open if not known.stopped]
    _open.append(server)


def _stop_all(owner: int) -> None:
    if os.getpid() == owner:
        for server in _open:
            with suppress(DbarchitectError):  # a borrowed server may be gone; the next attach cleans up
                server.stop()
