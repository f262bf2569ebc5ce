"""A server of the user's choosing: we make scratch databases and roles there, and leave nothing behind."""

from __future__ import annotations

import re
import secrets
from contextlib import suppress
from typing import Any
from urllib.parse import quote, urlencode

import psycopg
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from dbarchitect.engines.postgres_binaries import OLDEST
from dbarchitect.engines.postgres_server import Server
from dbarchitect.engines.postgres_session import Connection, first_line
from dbarchitect.errors import EngineError

OURS = re.compile(r"^(dbarchitect_[0-9a-f]{12})_")
OUR_DATABASES = r"""
    select d.datname from pg_catalog.pg_database d
     where d.datname ~ '^dbarchitect_[0-9a-f]{12}_' and pg_catalog.pg_has_role(d.datdba, 'usage')"""
OUR_ROLES = "select rolname from pg_catalog.pg_roles where rolname ~ '^dbarchitect_[0-9a-f]{12}_' order by 1"
LIVING = "select distinct application_name from pg_catalog.pg_stat_activity where application_name ~ '^dbarchitect_'"


class AttachedServer(Server):
    """Scratch databases and roles on a server that is not ours; all of them carry this object's random tag.

    The tag is also the application name of our own connection: while that is open, nobody sweeps what bears the tag.

    Args:
        url: libpq URL or connection string.
    """

    def __init__(self, url: str) -> None:
        super().__init__()
        self._tag = f"dbarchitect_{secrets.token_hex(6)}"
        self._passwords: dict[str, str] = {}
        try:
            self._parameters = conninfo_to_dict(url)
        except psycopg.Error:
            raise EngineError(
                "the server's address cannot be read",
                hint="It looks like postgresql://user@host:5432/database, special characters percent-encoded.",
            ) from None
        try:
            with self.admin() as connection:
                self._check(connection)
                self._sweep(connection)
        except BaseException:
            self._close_admin()
            raise

    def __repr__(self) -> str:
        return f"<PostgreSQL at {self.where}>"

    @property
    def where(self) -> str:
        """Host and port, for messages."""
        host = self._parameters.get("host") or self._parameters.get("hostaddr") or "the default host"
        return f"{host}:{self._parameters.get('port') or 5432}"

    def _check(self, connection: Connection) -> None:
        if connection.info.server_version < OLDEST * 10000:
            raise EngineError(f"the server at {self.where} is older than PostgreSQL {OLDEST}")
        query = (
            "select rolsuper, rolcreatedb, rolcreaterole, rolname from pg_catalog.pg_roles where rolname = current_user"
        )
        row = connection.execute(query).fetchone()
        assert row is not None
        self.superuser, may_create, self._may_create_roles, self._user = row
        if not (self.superuser or may_create):
            raise EngineError(
                f"role {self._user} may not create databases on the server at {self.where}",
                hint=f'An administrator can allow it: ALTER ROLE "{self._user}" CREATEDB CREATEROLE;',
            )

    def _sweep(self, connection: Connection) -> None:
        """Drop what runs that were killed left behind: our names, our right to drop, and no living owner."""
        living = {str(name) for (name,) in connection.execute(LIVING).fetchall()}
        for query, drop in ((OUR_DATABASES, self._drop_database), (OUR_ROLES, self._drop_role)):
            for (name,) in connection.execute(query).fetchall():
                match = OURS.match(str(name))
                if match and match[1] not in living:
                    drop(connection, str(name))

    def _drop_database(self, connection: Connection, name: str) -> None:
        with suppress(psycopg.Error):  # somebody else's with our kind of name: not ours to force
            connection.execute(sql.SQL("drop database if exists {} with (force)").format(sql.Identifier(name)))

    def _drop_role(self, connection: Connection, name: str) -> None:
        with suppress(psycopg.Error):
            connection.execute(sql.SQL("drop role if exists {}").format(sql.Identifier(name)))

    def connect(self, database: str, role: str | None = None) -> Connection:
        """A new autocommit connection, by name of the database; see `Database.connect`."""
        chosen: dict[str, str] = {"dbname": database}
        if role is not None:
            chosen |= {"user": role, "password": self._passwords.get(role, "")}
        return self._open(chosen)

    def _open(self, chosen: dict[str, str]) -> Connection:
        parameters: dict[str, Any] = {"connect_timeout": "10", **self._parameters, **chosen}
        try:
            return psycopg.connect(make_conninfo(**parameters), autocommit=True)
        except psycopg.Error as error:
            raise EngineError(
                f"no connection to the server at {self.where}: {self._scrubbed(first_line(error))}",
                hint="Check host, port, user, password and pg_hba.conf.",
            ) from None

    def _scrubbed(self, text: str) -> str:
        for secret in (self._parameters.get("password"), *self._passwords.values()):
            if secret:
                text = text.replace(str(secret), "***")
        return text

    def url(self, database: str, role: str | None = None) -> str:
        """The URL of a database, by its name; it may hold a password. See `Database.url`."""
        with self.admin() as connection:
            info = connection.info
            user = role or info.user
            password = self._passwords.get(role, "") if role else info.password
            left_out = {"user", "password", "dbname", "host", "hostaddr", "port", "application_name", "options"}
            query = {key: value for key, value in info.get_parameters().items() if key not in left_out}
            host, port = info.host or "localhost", info.port
        login = quote(user, safe="") + (f":{quote(password, safe='')}" if password else "")
        if host.startswith(("/", "@")):
            query = {"host": host, "port": str(port), **query}
            host, place = "localhost", "localhost"
        else:
            place = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
        rest = f"?{urlencode(query, safe='/')}" if query else ""
        return f"postgresql://{login}@{place}/{quote(database, safe='')}{rest}"

    def stop(self) -> None:
        """Drop every database and role that we made here; a second call does nothing.

        Raises:
            EngineError: the server is gone, so that they stay until the next `attach`.
        """
        with self._lock:
            if self._stopped:
                return
            try:
                if self._databases or self._roles:
                    with self.admin() as connection:
                        for name in sorted(self._databases):
                            self._drop_database(connection, name)
                        for name in self._roles:
                            connection.execute(sql.SQL("drop role if exists {}").format(sql.Identifier(name)))
            finally:
                self._stopped = True
                self._close_admin()

    def _connect_admin(self) -> Connection:
        return self._open({"application_name": self._tag})

    def _template(self) -> str:
        return "template0"

    def _database_name(self, serial: int) -> str:
        return f"{self._tag}_{serial}"

    def _role_name(self, prefix: str, serial: int) -> str:
        if not (self.superuser or self._may_create_roles):
            raise EngineError(
                f"role {self._user} may not create roles on the server at {self.where}",
                hint=f'An administrator can allow it: ALTER ROLE "{self._user}" CREATEROLE;',
            )
        plain = re.sub(r"[^a-z0-9_]", "_", prefix.lower())[:30]
        return f"{self._tag}_{plain}" if serial < 2 else f"{self._tag}_{plain}_{serial}"

    def _role_options(self, name: str) -> sql.Composable:
        password = secrets.token_urlsafe(18)
        self._passwords[name] = password
        return sql.SQL("password {}").format(sql.Literal(password))
