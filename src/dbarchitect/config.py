"""`dbarchitect.toml`: what a project says once instead of on every command line (DESIGN §2, §8).

The file is looked for in the current folder and then upward. Its keys are described for editors by
`schemas/config.schema.json`, and checked here with the place and the nearest right key.
"""

from __future__ import annotations

import difflib
import os
import re
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import field
from pathlib import Path
from typing import Literal, cast

from dbarchitect.errors import InputError
from dbarchitect.records import dataclass
from dbarchitect.settings import LINES, PROFILES, Line, Profile

NAME = "dbarchitect.toml"
ALIAS = re.compile(r"[A-Za-z][A-Za-z0-9_-]*")
CODE = re.compile(r"[A-Z]{1,4}[0-9]{0,4}")


@dataclass(frozen=True, slots=True)
class Alias:
    """A database by name, so that its address stays out of command lines, output and evidence.

    Args:
        name: what `db:NAME` says.
        env: the environment variable that holds the address, or None.
        url: the address itself, or None; never part of the repr.
    """

    name: str
    env: str | None = None
    url: str | None = field(default=None, repr=False)

    def dsn(self, environment: Mapping[str, str] | None = None) -> str:
        """The address to connect to.

        Raises:
            InputError: the environment variable is not set.
        """
        if self.url is not None:
            return self.url
        value = (os.environ if environment is None else environment).get(self.env or "")
        if not value:
            hint = f"Set it: export {self.env}=postgres://…"
            message = f"the alias {self.name!r} reads the environment variable {self.env}, which is not set"
            raise InputError(message, hint=hint)
        return value


Level = Literal["error", "warning", "info", "off"]
LEVELS: tuple[Level, ...] = ("error", "warning", "info", "off")


@dataclass(frozen=True, slots=True)
class PathConfig:
    """What holds for the files of one pattern, `[paths."legacy/**"]`.

    Args:
        pattern: a glob over paths relative to the file's folder.
        select: codes or prefixes of the rules that run there too.
        ignore: codes or prefixes of the rules that do not.
        severity: the weight of findings there, by code or prefix.
    """

    pattern: str
    select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    severity: Mapping[str, Level] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Config:
    """What `dbarchitect.toml` says; each value is None or empty when the file is silent.

    Args:
        path: the file, or None when there is none.
        profile: whose taste to follow.
        drizzle: the line of Drizzle ORM to write for.
        select: codes or prefixes of the rules to run.
        ignore: codes or prefixes of the rules to leave out.
        severity: the weight of findings by code or prefix.
        paths: exceptions for some files, in the order of the file.
        aliases: databases by name.
    """

    path: Path | None = None
    profile: Profile | None = None
    drizzle: Line | None = None
    select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    severity: Mapping[str, Level] = field(default_factory=dict)
    paths: tuple[PathConfig, ...] = ()
    aliases: tuple[Alias, ...] = ()

    def alias(self, name: str) -> Alias:
        """The alias of that name, else the variable DBARCHITECT_<NAME>_URL.

        Raises:
            InputError: there is neither.
        """
        for alias in self.aliases:
            if alias.name == name:
                return alias
        variable = f"DBARCHITECT_{re.sub('[^A-Za-z0-9]', '_', name).upper()}_URL"
        if os.environ.get(variable):
            return Alias(name, env=variable)
        known = [alias.name for alias in self.aliases]
        near = difflib.get_close_matches(name, known, n=1)
        meant = f"Did you mean {near[0]!r}? " if near else ""
        hint = f"{meant}Name it in {NAME} under [aliases], or set {variable}."
        raise InputError(f"there is no database alias {name!r}", hint=hint)


def find(folder: Path) -> Path | None:
    """The `dbarchitect.toml` of `folder` or of the nearest folder above it."""
    resolved = folder.resolve()
    for place in (resolved, *resolved.parents):
        if (place / NAME).is_file():
            return place / NAME
    return None


def load(folder: Path) -> Config:
    """The configuration that holds in `folder`; an empty one when no file says anything.

    Raises:
        InputError: the file cannot be read, is not TOML, or says something we do not know.
    """
    path = find(folder)
    return Config() if path is None else parse(path)


def database_url(name: str) -> str:
    """The address that `db:NAME` stands for in the current folder.

    Raises:
        InputError: the configuration has a fault, or nothing has that name.
    """
    return load(Path.cwd()).alias(name).dsn()


def parse(path: Path) -> Config:
    """Read and check one configuration file; see `load`."""
    try:
        text = path.read_text(encoding="utf-8")
        content = tomllib.loads(text)
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        place = _toml_place(path, str(error))
        raise InputError(f"the configuration cannot be read: {error}", place=place) from error
    reader = _Reader(path, text)
    reader.known(content, KEYS)
    return Config(
        path=path,
        profile=cast("Profile | None", reader.choice(content, "profile", PROFILES)),
        drizzle=cast("Line | None", reader.choice(content, "drizzle", LINES)),
        select=reader.codes(content, "select"),
        ignore=reader.codes(content, "ignore"),
        severity=reader.severity(content),
        paths=reader.paths(content),
        aliases=reader.aliases(content),
    )


KEYS = ("profile", "drizzle", "select", "ignore", "severity", "paths", "aliases")
PATH_KEYS = ("select", "ignore", "severity")


@dataclass(frozen=True, slots=True)
class _Reader:
    """Takes checked values out of the parsed file and says in which line a wrong one stands."""

    path: Path
    text: str

    def known(self, content: Mapping[str, object], keys: tuple[str, ...], within: str = "") -> None:
        for key in content:
            if key in keys:
                continue
            near = difflib.get_close_matches(key, keys, n=1)
            hint = f"Did you mean {near[0]!r}?" if near else f"Known keys: {', '.join(keys)}."
            raise self.wrong(key, f"unknown key {key!r}{within}", hint)

    def choice(self, content: Mapping[str, object], key: str, choices: tuple[str, ...]) -> str | None:
        value = content.get(key)
        if value is None or value in choices:
            return None if value is None else str(value)
        near = difflib.get_close_matches(str(value), choices, n=1)
        meant = f"Did you mean {near[0]!r}? " if near else ""
        hint = f"{meant}It takes {' or '.join(repr(choice) for choice in choices)}."
        raise self.wrong(key, f"{key} cannot be {value!r}", hint)

    def codes(self, content: Mapping[str, object], key: str) -> tuple[str, ...]:
        value = content.get(key, [])
        if not isinstance(value, list):
            raise self.wrong(key, f"{key} must be a list", f'Write {key} = ["R", "T01"].')
        for code in value:
            if not (isinstance(code, str) and CODE.fullmatch(code)):
                hint = 'A code is a letter and digits, such as "R01", or its beginning, such as "R".'
                raise self.wrong(key, f"{key} holds {code!r}, which is no rule code", hint)
        return tuple(value)

    def severity(self, content: Mapping[str, object]) -> dict[str, Level]:
        table = content.get("severity", {})
        if not isinstance(table, dict):
            raise self.wrong("severity", "severity must be a table", 'Write [severity] and then R01 = "error".')
        for code in table:
            if not CODE.fullmatch(code):
                hint = "A code is a letter and digits, such as R01, or its beginning, such as R."
                raise self.wrong(code, f"severity holds {code!r}, which is no rule code", hint)
        found = {code: self.choice(table, code, LEVELS) for code in sorted(table)}
        return cast("dict[str, Level]", found)

    def paths(self, content: Mapping[str, object]) -> tuple[PathConfig, ...]:
        table = content.get("paths", {})
        hint = 'Write [paths."legacy/**"] and then ignore = ["T01"].'
        if not isinstance(table, dict):
            raise self.wrong("paths", "paths must be a table of patterns", hint)
        found = []
        for pattern, value in table.items():
            if not isinstance(value, dict):
                raise self.wrong(pattern, f"the path {pattern!r} must be a table", hint)
            self.known(value, PATH_KEYS, f" in the path {pattern!r}")
            codes = self.codes(value, "select"), self.codes(value, "ignore")
            found.append(PathConfig(pattern, *codes, self.severity(value)))
        return tuple(found)

    def aliases(self, content: Mapping[str, object]) -> tuple[Alias, ...]:
        table = content.get("aliases", {})
        if not isinstance(table, dict):
            raise self.wrong(
                "aliases",
                "aliases must be a table",
                'Write [aliases] and then main = { env = "DATABASE_URL" }.',
            )
        return tuple(self.one_alias(name, table[name]) for name in sorted(table))

    def one_alias(self, name: str, value: object) -> Alias:
        hint = f'Write {name} = {{ env = "DATABASE_URL" }} or {name} = "postgres://…".'
        if not ALIAS.fullmatch(name):
            raise self.wrong(name, f"{name!r} is no alias: letters, digits, - and _", hint)
        if isinstance(value, str) and value.startswith(("postgres://", "postgresql://")):
            return Alias(name, url=value)
        if isinstance(value, dict):
            self.known(value, ("env", "url"), f" in the alias {name!r}")
            env, url = value.get("env"), value.get("url")
            if isinstance(env, str) and env and url is None:
                return Alias(name, env=env)
            if env is None and isinstance(url, str) and url.startswith(("postgres://", "postgresql://")):
                return Alias(name, url=url)
        raise self.wrong(name, f"the alias {name!r} must name a variable or a postgres:// address", hint)

    def wrong(self, key: str, message: str, hint: str) -> InputError:
        pattern = re.compile(rf"^\s*\[?\s*[\"']?{re.escape(key)}[\"']?\s*(?:=|\]|\.)")
        inline = re.compile(rf"[{{,]\s*[\"']?{re.escape(key)}[\"']?\s*=")
        tests: tuple[Callable[[str], object], ...] = (pattern.search, inline.search)
        for test in tests:
            for number, line in enumerate(self.text.splitlines(), start=1):
                if test(line):
                    return InputError(message, hint=hint, place=f"{self.path}:{number}")
        return InputError(message, hint=hint, place=str(self.path))


def _toml_place(path: Path, message: str) -> str:
    found = re.search(r"at line (\d+), column (\d+)", message)
    return f"{path}:{found[1]}:{found[2]}" if found else str(path)
