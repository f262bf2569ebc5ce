"""Write requirements.lock and requirements-dev.lock: exact versions and hashes for every supported platform.

    python tools/lock.py            resolve again, keeping the pins that still satisfy pyproject.toml
    python tools/lock.py --upgrade  take the newest versions that satisfy it

The resolver (uv) is installed into a temporary folder for the run and is no dependency of the project. The
files carry no index address: pip takes the packages from wherever the reader's machine takes them, and the
hashes are those of the public registry.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
LOCKS = {"requirements.lock": [], "requirements-dev.lock": ["--extra", "dev"]}
OPTIONS = ["--universal", "--python-version=3.11", "--generate-hashes", "--no-emit-index-url", "--no-header"]
HEADER = "# Written by `make locks`; install with `pip install --require-hashes -r {name}`.\n"


def resolver(folder: Path) -> Path:
    """Install uv into `folder` and return its binary."""
    venv.create(folder, with_pip=True)
    python = folder / "bin" / "python"
    subprocess.run([python, "-m", "pip", "install", "--quiet", "uv"], check=True)
    return folder / "bin" / "uv"


def lock(uv: Path, name: str, extras: list[str], upgrade: bool) -> None:
    """Resolve one lock file, in a folder of its own, so that no path of this machine can get into it."""
    environment = {key: value for key, value in os.environ.items() if not key.startswith(("UV_", "PIP_"))}
    with tempfile.TemporaryDirectory() as scratch:
        for source in ("pyproject.toml", "README.md", "LICENSE"):
            shutil.copy(ROOT / source, scratch)
        target = Path(scratch) / name
        if not upgrade and (ROOT / name).exists():
            shutil.copy(ROOT / name, target)
        command = [uv, "pip", "compile", "--quiet", "--no-config", *OPTIONS, *extras]
        subprocess.run([*command, "pyproject.toml", "-o", name], cwd=scratch, env=environment, check=True)
        text = HEADER.format(name=name) + target.read_text(encoding="utf-8")
    for line in text.splitlines():
        if "://" in line or line.startswith("--index") or " @ " in line:
            raise SystemExit(f"{name}: an address got into the lock: {line.strip()}")
    (ROOT / name).write_text(text, encoding="utf-8")


def main() -> None:
    """Write both files."""
    with tempfile.TemporaryDirectory() as folder:
        uv = resolver(Path(folder))
        for name, extras in LOCKS.items():
            lock(uv, name, extras, "--upgrade" in sys.argv[1:])
            print(f"{name} written")


if __name__ == "__main__":
    main()
