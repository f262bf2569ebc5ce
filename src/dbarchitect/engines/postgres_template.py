"""The cluster that each server starts from: made once by initdb, kept in the user's cache, copied for each server."""

from __future__ import annotations

import hashlib
import json
import os
import secrets
import shutil
import subprocess
import sys
from pathlib import Path

import platformdirs

from dbarchitect.engines.postgres_binaries import ENVIRONMENT, Installation, server_uid
from dbarchitect.engines.postgres_folder import locked
from dbarchitect.errors import EngineError
from dbarchitect.progress import report

SIZES = "dbarchitect-sizes.json"  # beside the data folder: {relative path: bytes}
SUPERUSER = "postgres"


def initdb_options(major: int) -> list[str]:
    """Options of initdb: no durability, small log segments, a locale that is the same on every machine.

    Data checksums are off, because the statistics clone of `tune` rewrites relation sizes.
    """
    options = ["-U", SUPERUSER, "--auth=trust", "--no-sync", "--no-instructions", "--encoding=UTF8", "--wal-segsize=1"]
    if major >= 17:
        options += ["--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C"]
    else:
        options += ["--locale=C"]
    if major >= 18:
        options += ["--no-data-checksums"]
    return options


def cache_folder() -> Path:
    """Where templates are kept; it may not exist yet."""
    return platformdirs.user_cache_path("dbarchitect") / "postgres"


def template_folder(installation: Installation) -> Path:
    """The place of this installation's template, whether it exists or not."""
    parts = [installation.version, str(installation.folder), *initdb_options(installation.major), str(server_uid())]
    key = hashlib.sha256("\0".join(parts).encode()).hexdigest()[:12]
    return cache_folder() / f"{installation.version}-{key}"


def copy_template(found: Installation, runnable: Installation, data: Path, *, fresh: bool = False) -> None:
    """Put a cluster into `data`, from the cache when it is whole there.

    Args:
        found: the installation that the template belongs to.
        runnable: the same programs where the server's user can run them.
        data: a folder that does not exist, in a folder that the server's user owns.
        fresh: distrust the cache and make the template anew (it did not start).

    Raises:
        EngineError: initdb failed.
    """
    template = template_folder(found)
    if not _writable(template.parent):
        _initdb(runnable, data)
        return
    with locked(template.with_name(f"{template.name}.lock")):
        if fresh or not _whole(template):
            _discard(template)
            _make(runnable, data, template)
            return
    if not _copy(template / "data", data) or not _same_sizes(template, data):
        shutil.rmtree(data, ignore_errors=True)
        copy_template(found, runnable, data, fresh=True)


def _writable(folder: Path) -> bool:
    """Make the cache folder; without one each server pays for initdb."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError:
        return False
    return os.access(folder, os.W_OK | os.X_OK)


def _make(installation: Installation, data: Path, template: Path) -> None:
    """Run initdb on `data` and keep a copy of it as the template; a full disk costs only the copy."""
    report(f"preparing PostgreSQL {installation.version} (once)")
    _initdb(installation, data)
    waiting = template.with_name(f"{template.name}.{secrets.token_hex(4)}")
    try:
        waiting.mkdir(mode=0o700)
        if _copy(data, waiting / "data"):
            (waiting / SIZES).write_text(json.dumps(_sizes(waiting / "data"), sort_keys=True))
            waiting.rename(template)
    except OSError:
        pass
    finally:
        shutil.rmtree(waiting, ignore_errors=True)


def _initdb(installation: Installation, data: Path) -> None:
    uid = server_uid()
    user = uid if uid >= 0 else None
    groups: list[int] | None = [] if uid >= 0 else None
    command = [installation.program("initdb"), "-D", str(data), *initdb_options(installation.major)]
    run = subprocess.run(
        command, capture_output=True, text=True, env=ENVIRONMENT, cwd="/",
        user=user, group=user, extra_groups=groups, errors="replace",
    )  # fmt: skip
    if run.returncode:
        tail = " / ".join(run.stderr.strip().splitlines()[-3:])
        hint = None
        if "effective user ID" in tail:
            hint = "initdb wants a user that has a name: add this user id to /etc/passwd, or run as root."
        message = f"initdb of PostgreSQL {installation.version} failed: {tail}"
        raise EngineError(message, hint=hint, place=str(installation.folder))


def _copy(source: Path, target: Path) -> bool:
    """Copy a data folder with its owners; False when something was in the way."""
    command = ["cp", "-Rp", str(source), str(target)]
    if sys.platform.startswith("linux"):
        command[1:1] = ["--reflink=auto"]
    try:
        if subprocess.run(command, capture_output=True, env=ENVIRONMENT).returncode == 0:
            return True
    except OSError:
        pass
    shutil.rmtree(target, ignore_errors=True)
    try:
        shutil.copytree(source, target)
        if os.geteuid() == 0:
            for folder, _, files in os.walk(target):
                for path in (folder, *(os.path.join(folder, name) for name in files)):
                    os.chown(path, server_uid(), server_uid())
    except (OSError, shutil.Error):
        return False
    return True


def _sizes(data: Path) -> dict[str, int]:
    found = {}
    for folder, _, files in os.walk(data):
        for name in files:
            path = os.path.join(folder, name)
            found[os.path.relpath(path, data)] = os.stat(path).st_size
    return found


def _same_sizes(template: Path, data: Path) -> bool:
    try:
        return bool(json.loads((template / SIZES).read_text()) == _sizes(data))
    except (OSError, ValueError):
        return False


def _whole(template: Path) -> bool:
    """A template is looked at in full after it was copied; here only whether there is one."""
    return (template / SIZES).is_file() and (template / "data" / "PG_VERSION").is_file()


def _discard(template: Path) -> None:
    """Remove a template and what unfinished attempts left beside it; the caller holds the lock."""
    for path in [template, *template.parent.glob(f"{template.name}.*")]:
        if path.is_dir():
            shutil.rmtree(path, ignore_errors=True)
