"""The manifest of a project that we made: which files are ours, and what they looked like when we wrote them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, field
from pathlib import Path

from dbarchitect.errors import InputError
from dbarchitect.records import dataclass
from dbarchitect.settings import Settings

PATH = ".dbarchitect/manifest.json"


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a later run must know.

    Args:
        settings: the choices that the project was made with.
        schema_hash: content hash of its schema.
        inputs: hash of everything that decided about the emitted bytes: brief, settings, our version.
        files: SHA-256 (hex) of each emitted file by relative POSIX path.
        tags: the migrations, in order.
    """

    settings: Settings
    schema_hash: str
    inputs: str
    files: Mapping[str, str] = field(default_factory=dict)
    tags: tuple[str, ...] = ()

    def text(self) -> str:
        """The manifest as it is written."""
        content = {
            "format": 1,
            "settings": asdict(self.settings),
            "schema_hash": self.schema_hash,
            "inputs": self.inputs,
            "tags": list(self.tags),
            "files": dict(sorted(self.files.items())),
        }
        return json.dumps(content, indent=2) + "\n"


def digest(content: bytes) -> str:
    """SHA-256 (hex)."""
    import hashlib

    return hashlib.sha256(content).hexdigest()


def load(folder: Path) -> Manifest | None:
    """The manifest of `folder`; None when we did not make it.

    Raises:
        InputError: when the manifest is there and cannot be read.
    """
    try:
        text = (folder / PATH).read_text(encoding="utf-8")
    except FileNotFoundError:
        return None
    return parse(text, str(folder / PATH))


def parse(text: str, place: str) -> Manifest:
    """A manifest as `Manifest.text` writes it.

    Raises:
        InputError: it is none.
    """
    try:
        content = json.loads(text)
        return Manifest(
            Settings(**content["settings"]),
            content["schema_hash"],
            content["inputs"],
            content["files"],
            tuple(content["tags"]),
        )
    except (ValueError, KeyError, TypeError) as error:
        raise InputError(
            f"the manifest cannot be read ({error})",
            place=place,
            hint="Restore it from version control, or design into a new folder.",
        ) from None
