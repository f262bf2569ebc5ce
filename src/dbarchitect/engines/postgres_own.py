"""A throw-away server that we start ourselves, and start again when it was killed."""

from __future__ import annotations

import time
from collections.abc import Mapping
from urllib.parse import quote

import psycopg
from psycopg import sql

from dbarchitect.engines import postgres_binaries, postgres_folder, postgres_process, postgres_template
from dbarchitect.engines.postgres_server import Server
from dbarchitect.engines.postgres_session import Connection, first_line
from dbarchitect.errors import EngineError
from dbarchitect.progress import report

RECOVERY_SECONDS = 20.0
LOCKED_UP = "revoke connect, temporary on database postgres, template1 from public"


class OwnServer(Server):
    """A server in a private folder, reached through a Unix socket only.

    Args:
        settings: more server settings, over `postgres_process.SETTINGS`.
        mode: `signal` or `watch`, how it learns that we are gone.
        roomy: on a disk, for data that may be larger than memory.
    """

    def __init__(
        self, settings: Mapping[str, str] | None = None, mode: str | None = None, *, roomy: bool = False
    ) -> None:
        super().__init__()
        self._settings = dict(settings or {})
        self._mode = mode
        found = postgres_binaries.find()
        self.origin = found.origin
        if found.major != postgres_binaries.TESTED:
            report(f"using PostgreSQL {found.version} from {found.origin}; the tested version is 18")
        self._folder = postgres_folder.create(roomy=roomy)
        try:
            uid = postgres_binaries.server_uid()
            self._programs = postgres_binaries.reachable(found, uid, self._folder.programs)
            self._process = self._first_start(found)
            with self.admin() as connection:
                connection.execute(LOCKED_UP)
        except BaseException:
            self.stop()
            raise

    def __repr__(self) -> str:
        return f"<PostgreSQL {self._programs.version} from {self.origin}>"

    _process: postgres_process.Process | None = None

    def _first_start(self, found: postgres_binaries.Installation) -> postgres_process.Process:
        """Start on a copy of the cached template; a template that does not start is made anew, once."""
        data = self._folder.data
        postgres_template.copy_template(found, self._programs, data)
        try:
            return self._launch()
        except EngineError:
            postgres_folder.erase(data)
            postgres_template.copy_template(found, self._programs, data, fresh=True)
            return self._launch()

    def _launch(self) -> postgres_process.Process:
        return postgres_process.launch(
            self._programs, self._folder.data, self._folder.log, settings=self._settings, mode=self._mode
        )

    def _ensure_running(self) -> None:
        """Start the process again when somebody killed it; its databases come back by crash recovery."""
        with self._lock:
            if self._stopped:
                raise EngineError("this PostgreSQL server was stopped")
            if self._process is not None and self._process.alive():
                return
            if self._process is not None:
                self._process.stop()
            deadline = time.monotonic() + RECOVERY_SECONDS
            while True:
                try:
                    self._process = self._launch()
                    return
                except EngineError:  # backends of the killed server still hold its shared memory for a moment
                    if time.monotonic() > deadline:
                        raise
                    time.sleep(0.05)

    def connect(self, database: str, role: str | None = None) -> Connection:
        """A new autocommit connection, by name of the database; see `Database.connect`."""
        deadline = time.monotonic() + RECOVERY_SECONDS
        while True:
            self._ensure_running()
            try:
                return psycopg.connect(
                    host=str(self._folder.path),
                    port=5432,
                    user=role or postgres_template.SUPERUSER,
                    dbname=database,
                    autocommit=True,
                )
            except psycopg.OperationalError as error:
                passing = "the database system is" in str(error) or "FATAL:" not in str(error)
                if not passing or time.monotonic() > deadline:
                    raise EngineError(f"no connection to database {database}: {first_line(error)}") from None
                time.sleep(0.02)

    def url(self, database: str, role: str | None = None) -> str:
        """The URL of a database, by its name; see `Database.url`."""
        self._ensure_running()
        user = quote(role or postgres_template.SUPERUSER, safe="")
        host = quote(str(self._folder.path), safe="/")
        return f"postgresql://{user}@localhost/{quote(database, safe='')}?host={host}"

    def stop(self) -> None:
        """End the server and remove its folder; a second call does nothing."""
        with self._lock:
            if self._stopped:
                return
            self._stopped = True
            self._close_admin()
            if self._process is not None:
                self._process.stop()
            self._folder.remove()

    @property
    def process_id(self) -> int:
        """Process id of the running server, for tests and doctor."""
        self._ensure_running()
        assert self._process is not None
        return self._process.child.pid

    def _connect_admin(self) -> Connection:
        return self.connect("postgres")

    def _strategy(self) -> str:
        """In memory, copying files beats writing each page to the log: 10 against 30 ms; on a disk it is slower."""
        return "file_copy" if self._folder.in_memory else "wal_log"

    def _database_name(self, serial: int) -> str:
        return f"scratch_{serial}"

    def _role_name(self, prefix: str, serial: int) -> str:
        if serial == 0:
            return f"dbarchitect_{prefix}"
        return prefix if serial == 1 else f"{prefix}_{serial}"

    def _role_options(self, name: str) -> sql.Composable:
        return sql.SQL("")
