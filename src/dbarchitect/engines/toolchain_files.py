"""package.json and bun.lock of an emitted project: the toolchain's own files under another name."""

from __future__ import annotations

import json
import re

from dbarchitect.engines.toolchain_packages import SOURCES
from dbarchitect.errors import InputError
from dbarchitect.settings import Line

_TEMPLATE_NAME = "dbarchitect-project"
_NAME = re.compile(r"(?:@[a-z0-9~-][a-z0-9._~-]*/)?[a-z0-9~-][a-z0-9._~-]*")


def project_files(line: Line, name: str) -> dict[str, str]:
    """The files that pin a project's packages, accepted by `bun install --frozen-lockfile`.

    Args:
        line: Drizzle line.
        name: npm name of the project, such as `shop` or `@acme/shop`.

    Returns:
        `package.json` and `bun.lock` with their text.

    Raises:
        InputError: npm would refuse the name.
    """
    if not _NAME.fullmatch(name) or len(name) > 214:
        raise InputError(
            f"{name!r} cannot be the name of a package",
            hint=f"npm allows lower case letters, digits, `-`, `_` and `.`; try {package_name(name)!r}.",
        )
    return {
        file: (SOURCES / line / file).read_text(encoding="utf-8").replace(
            f'"name": "{_TEMPLATE_NAME}"', f'"name": {json.dumps(name)}', 1
        )
        for file in ("package.json", "bun.lock")
    }  # fmt: skip


def package_name(words: str) -> str:
    """The nearest name that npm accepts, from any words; `project` when nothing is left of them."""
    slug = re.sub(r"[^a-z0-9]+", "-", words.lower()).strip("-")[:100].strip("-")
    return slug or "project"


def versions(line: Line) -> dict[str, str]:
    """Pinned version of each package of a line, such as `{"drizzle-orm": "0.45.4", …}`."""
    content = json.loads((SOURCES / line / "package.json").read_text(encoding="utf-8"))
    return dict(sorted({**content["dependencies"], **content["devDependencies"]}.items()))
