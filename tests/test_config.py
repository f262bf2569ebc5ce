"""dbarchitect.toml: what it may say, and what a mistake in it gets."""

import json
import tomllib
from pathlib import Path

import jsonschema
import pytest

from dbarchitect import config
from dbarchitect.errors import InputError

SCHEMA = json.loads((Path(config.__file__).parent / "schemas" / "config.schema.json").read_text(encoding="utf-8"))
GOOD = """\
profile = "modern"
drizzle = "1"
select = ["R", "T01"]
ignore = ["T02"]

[severity]
R01 = "error"
T = "info"

[paths."legacy/**"]
ignore = ["T01"]
severity = { R01 = "off" }

[aliases]
main = { env = "DATABASE_URL" }
local = "postgres://me:secret@localhost/app"
far = { url = "postgresql://me:hidden@db.example/app" }
"""
BAD = {
    "unknown key": ('profle = "house"', "1", "'profile'"),
    "no such profile": ('profile = "modren"', "1", "'modern'"),
    "line as a number": ("drizzle = 0.45", "1", "'0.45' or '1'"),
    "select is no list": ('\nselect = "R"', "2", "list"),
    "no rule code": ('ignore = ["fk index"]', "1", "rule code"),
    "no such weight": ('[severity]\nR01 = "eror"', "2", "'error'"),
    "weight of no code": ('[severity]\nindexes = "error"', "2", "code"),
    "path is no table": ('[paths]\n"a/**" = ["T01"]', "2", "legacy/**"),
    "path key": ('[paths."a/**"]\nignored = ["T01"]', "2", "'ignore'"),
    "aliases is no table": ("aliases = 3", "1", "[aliases]"),
    "alias with two sources": ('[aliases]\nmain = { env = "A", url = "postgres://a/b" }', "2", "main"),
    "alias key": ('[aliases]\nmain = { envv = "A" }', "2", "'env'"),
    "alias address": ('[aliases]\nmain = "mysql://a/b"', "2", "postgres://"),
    "alias name": ('[aliases]\n"a b" = "postgres://a/b"', "2", "alias"),
}


def write(folder, text):
    path = folder / config.NAME
    path.write_text(text, encoding="utf-8")
    return path


def test_everything_is_read(tmp_path):
    path = write(tmp_path, GOOD)
    found = config.load(tmp_path)
    assert (found.path, found.profile, found.drizzle) == (path, "modern", "1")
    assert (found.select, found.ignore) == (("R", "T01"), ("T02",))
    assert found.severity == {"R01": "error", "T": "info"}
    assert found.paths == (config.PathConfig("legacy/**", (), ("T01",), {"R01": "off"}),)
    assert [alias.name for alias in found.aliases] == ["far", "local", "main"]


def test_the_file_is_found_upward_and_may_be_missing(tmp_path):
    inner = tmp_path / "a" / "b"
    inner.mkdir(parents=True)
    assert config.load(inner).profile is None
    write(tmp_path, 'profile = "modern"')
    assert config.load(inner).profile == "modern"
    write(inner, 'profile = "house"')
    assert config.load(inner).profile == "house"
    assert config.load(inner / "not" / "made" / "yet").profile == "house"


@pytest.mark.parametrize("case", BAD)
def test_a_mistake_names_its_place_and_what_is_right(tmp_path, case):
    text, line, hint = BAD[case]
    path = write(tmp_path, text)
    with pytest.raises(InputError) as caught:
        config.load(tmp_path)
    assert caught.value.place == f"{path}:{line}"
    assert hint in str(caught.value)


def test_broken_toml_and_bytes_are_refused(tmp_path):
    path = write(tmp_path, 'profile = "house"\nselect = [\n')
    with pytest.raises(InputError) as caught:
        config.load(tmp_path)
    assert str(path) in (caught.value.place or "")
    path.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(InputError):
        config.load(tmp_path)


def test_the_schema_agrees_with_the_reader():
    jsonschema.Draft202012Validator.check_schema(SCHEMA)
    assert tuple(SCHEMA["properties"]) == config.KEYS
    assert SCHEMA["properties"]["profile"]["enum"] == list(config.PROFILES)
    assert SCHEMA["properties"]["drizzle"]["enum"] == list(config.LINES)
    jsonschema.validate(tomllib.loads(GOOD), SCHEMA)


@pytest.mark.parametrize("case", BAD)
def test_the_schema_refuses_what_the_reader_refuses(case):
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(tomllib.loads(BAD[case][0]), SCHEMA)


def test_an_alias_gives_its_address_and_never_shows_it(tmp_path, monkeypatch):
    write(tmp_path, GOOD)
    found = config.load(tmp_path)
    assert found.alias("local").dsn() == "postgres://me:secret@localhost/app"
    assert found.alias("main").dsn({"DATABASE_URL": "postgres://x/y"}) == "postgres://x/y"
    assert "secret" not in repr(found)
    assert "hidden" not in repr(found)
    with pytest.raises(InputError, match="DATABASE_URL"):
        found.alias("main").dsn({})


def test_an_unknown_alias_may_come_from_the_environment(tmp_path, monkeypatch):
    write(tmp_path, GOOD)
    found = config.load(tmp_path)
    with pytest.raises(InputError, match="'local'"):
        found.alias("locl")
    monkeypatch.setenv("DBARCHITECT_LOCL_URL", "postgres://e/f")
    assert found.alias("locl").dsn() == "postgres://e/f"
