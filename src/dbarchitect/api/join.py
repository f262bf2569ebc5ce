"""`design --into`: add tables to a Drizzle project that somebody else made, in its style, and prove that they fit."""

from __future__ import annotations

import contextlib
import dataclasses
import shutil
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from dbarchitect.api.drafting import Design
from dbarchitect.design.result import Draft
from dbarchitect.edit import manifest, publish
from dbarchitect.errors import InputError, RefusedError
from dbarchitect.progress import report
from dbarchitect.settings import Settings

if TYPE_CHECKING:
    from dbarchitect.api.joining.companion import Companion
    from dbarchitect.api.joining.schema import Joint
    from dbarchitect.model.claim import Proof
    from dbarchitect.read.drizzle.project import Project
    from dbarchitect.read.drizzle.style import Style

_LEFT_OUT = {"node_modules", ".git", ".next", ".turbo", ".vercel", "coverage", ".dbarchitect"}
_COPIED = {".ts", ".tsx", ".mts", ".cts", ".js", ".jsx", ".mjs", ".cjs", ".json", ".jsonc"}


def join(draft: Draft, settings: Settings, into: Path, proof_url: str | None) -> Design:
    """Add the tables of a draft that a Drizzle project does not have.

    Tables are matched by name and by what the name means (`user` is their `users`); a table that is there is never
    changed. New tables go to new files, or to the end of the one schema file; the barrel is extended. Everything is
    tried in a scratch copy first, on the real compiler, drizzle-kit and PostgreSQL. The migrations folder is left to
    the user's own `drizzle-kit generate`.

    Args:
        draft: the design.
        settings: what is emitted; the line of Drizzle is the project's own.
        into: the project's folder, with drizzle.config.
        proof_url: a PostgreSQL of the user's choosing for the proof.

    Raises:
        InputError: the project cannot be read, or something cannot be placed; nothing was written.
        RefusedError: what would be written does not pass its proof; nothing was written.
    """
    from dbarchitect.api.joining.renamed import in_their_names, only_new
    from dbarchitect.api.joining.schema import join_schemas
    from dbarchitect.read.drizzle.practice import detect_practice
    from dbarchitect.read.drizzle.runtime import read
    from dbarchitect.read.drizzle.style import detect_style

    root = into.resolve()
    if manifest.load(root) is not None:
        raise InputError(
            "this project was made by dbarchitect", place=str(root), hint=f"Use -o {into} to bring it up to date."
        )  # fmt: skip
    publish.recover(root)
    report("reading the project")
    project = read(root)
    if not project.schema.tables:
        raise InputError(
            "the schema of this project has no table, so there is no style to follow",
            place=str(root / project.config),
            hint="Use -o DIR to make a new project.",
        )
    settings = dataclasses.replace(settings, drizzle=project.line)
    style = detect_style(project)
    draft = in_their_names(draft, project)
    joint = join_schemas(draft, project, style, detect_practice(project))
    draft = only_new(draft, joint.added, frozenset(joint.known), frozenset(column for _, column in joint.dressed))
    if not joint.fresh:
        untouched = publish.Published(unchanged=tuple(sorted(file.path for file in project.files)))
        return Design(draft, settings, root, untouched, None, ("every table of the brief is there already",))
    files, companion, notes = _write(joint, project, style, settings)
    proof = _prove(joint, project, files, companion, settings, proof_url)
    if proof.failed:
        culprit = proof.failed[0]
        raise RefusedError(
            f"the new tables do not pass their proof ({culprit.kind}): {culprit.reason}",
            place=str(root),
            hint="Nothing was written. Tell us with the brief if the project itself is in order.",
        )
    report("writing into the project")
    edited = tuple(path for path in sorted(files) if (root / path).exists())
    published = publish.publish({path: text.encode() for path, text in files.items()}, root, None)
    with contextlib.suppress(OSError):
        (root / publish.UNDO).parent.rmdir()
    lead = _next_steps(project, edited, companion)
    return Design(draft, settings, root, published, proof, (*lead, *joint.notes, *notes))


def _write(
    joint: Joint, project: Project, style: Style, settings: Settings
) -> tuple[dict[str, str], Companion, tuple[str, ...]]:
    """Every file that is new or changes, the companion's SQL, and notes."""
    from dbarchitect.api.joining.arrange import arrange
    from dbarchitect.api.joining.companion import companion_of
    from dbarchitect.api.joining.names import ProjectNames
    from dbarchitect.api.joining.relations import relate
    from dbarchitect.api.joining.tables import table_pieces

    names = ProjectNames(joint, project, style)
    pieces = table_pieces(joint, names, settings)
    related = relate(joint, names, project, style)
    files = dict(arrange(pieces, related, names, project, style).files)
    companion = companion_of(joint, settings)
    text = companion.text(table.name for table in joint.fresh)
    if text:
        path = companion_path(joint)
        if (project.root / path).exists():
            raise InputError(
                f"the SQL that Drizzle cannot express would go into {path}, and that file exists",
                place=str(project.root / path),
                hint="Move the file away. Nothing was written.",
            )
        files[path] = text
    return files, companion, related.notes


def companion_path(joint: Joint) -> str:
    """Where the companion of some new tables goes: `docs/posts_companion.sql`."""
    return f"docs/{joint.fresh[0].name}_companion.sql"


def _prove(
    joint: Joint, project: Project, files: Mapping[str, str], companion: Companion, settings: Settings,
    proof_url: str | None,
) -> Proof:  # fmt: skip
    """Apply the changes to a scratch copy and prove them there."""
    from dbarchitect.api.joining.proof import Joined, prove_joined
    from dbarchitect.api.proving import proving_server
    from dbarchitect.engines import toolchain
    from dbarchitect.read.drizzle.package import Found
    from dbarchitect.read.drizzle.runtime import read

    with tempfile.TemporaryDirectory(prefix="dbarchitect-join-") as name:
        copy = Path(name).resolve() / "project"
        shutil.copytree(project.root, copy, ignore=_not_needed, symlinks=True)
        publish.write_tree({path: text.encode() for path, text in files.items()}, copy)
        packages = _packages(project.root)
        target = packages or toolchain.install(project.line) / "node_modules"
        (copy / "node_modules").symlink_to(target, target_is_directory=True)
        after = read(copy, Found(project.line, project.version, project.config))
        _check_seen(joint, project, after)
        originals = {
            path: (project.root / path).read_bytes().decode() for path in files if (project.root / path).exists()
        }
        joined = Joined(project, after, copy, packages is not None, joint, companion, originals)
        with proving_server(proof_url) as server:
            return prove_joined(joined, settings, server)


def _not_needed(folder: str, names: list[str]) -> set[str]:
    """What neither the compiler nor the schema needs: packages, results of builds, secrets, pictures, data."""
    place = Path(folder)
    kept = {name for name in names if (place / name).is_dir() or Path(name).suffix in _COPIED}
    return set(names) - kept | (set(names) & _LEFT_OUT)


def _packages(root: Path) -> Path | None:
    """The node_modules that drizzle-orm resolves from, when the project is installed."""
    for folder in (root, *root.parents):
        if (folder / "node_modules" / "drizzle-orm").is_dir():
            return folder / "node_modules"
    return None


def _check_seen(joint: Joint, project: Project, after: Project) -> None:
    """Refuse where drizzle-kit would not see what was written.

    Raises:
        InputError: the configuration names files one by one, and no barrel passes the new ones on.
    """
    seen = {table.key for table in after.schema.tables}
    named = {file.path for file in after.files if file.named}
    passed = {export.key for export in after.exports if export.file in named and export.kind == "table"}
    for table in joint.fresh:
        if table.key not in seen or table.key not in passed:
            raise InputError(
                f"drizzle-kit would not see the new table {table.name}: `schema` names its files one by one",
                place=str(project.root / project.config),
                hint="Let `schema` name the folder or a pattern, such as './src/db/schema/*', and run this again.",
            )


def _next_steps(project: Project, edited: tuple[str, ...], companion: Companion) -> tuple[str, ...]:
    steps = []
    if edited:
        steps.append(f"{', '.join(edited)}: lines were added, and nothing else changed")
    steps.append(f"next: `bunx drizzle-kit generate` writes the migration into {project.out}")
    if companion.before or companion.after:
        steps.append(
            "Drizzle cannot express everything: put the SQL of docs/*_companion.sql into a migration of its own, made "
            "with `bunx drizzle-kit generate --custom`"
        )
    if project.unknown:
        steps.append("not read: " + "; ".join(project.unknown))
    return tuple(steps)
