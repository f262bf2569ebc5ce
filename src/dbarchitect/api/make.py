"""Make a project folder from a draft: write it in a scratch folder, prove it there, then put it in place."""

from __future__ import annotations

import dataclasses
import datetime
import hashlib
import json
import tempfile
from collections.abc import Collection
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

import dbarchitect
from dbarchitect.api.drafting import Design
from dbarchitect.design.result import Draft
from dbarchitect.edit import manifest, publish
from dbarchitect.edit.manifest import Manifest
from dbarchitect.errors import InputError, RefusedError
from dbarchitect.model.annotations import Annotations
from dbarchitect.model.claim import Proof
from dbarchitect.model.codec import content_hash, encode
from dbarchitect.model.schema import Schema
from dbarchitect.progress import report
from dbarchitect.settings import Settings

if TYPE_CHECKING:
    from dbarchitect.api.migrations import Chain

PROOF = "proof.json"
BRIEF = "brief.yaml"


def make(
    draft: Draft,
    settings: Settings,
    out: Path,
    proof_url: str | None,
    now: datetime.datetime | None,
    allow: Collection[str] = (),
) -> Design:
    """Write and prove the project of `draft` in `out`.

    Raises:
        InputError: `out` holds somebody else's files.
        RefusedError: `out` is ours, and the change loses data that nobody allowed to lose.
    """
    draft = _writable(draft)
    folder = out.resolve() if out.exists() else out.absolute()
    publish.check_target(folder)
    publish.recover(folder)
    previous = manifest.load(folder)
    inputs = _inputs(draft, settings)
    if previous is not None:
        _same_settings(previous, settings, folder)
        if previous.inputs == inputs and not _missing(folder, previous):
            stored = _stored_proof(folder)
            if stored is not None:
                untouched = publish.Published(unchanged=tuple(sorted(previous.files)))
                return Design(draft, settings, folder, untouched, stored, ("nothing has changed",))
    with tempfile.TemporaryDirectory(prefix="dbarchitect-make-") as name:
        scratch = Path(name)
        files, history, proof = _build(draft, settings, folder, scratch, previous, proof_url, now, allow)
    files[PROOF] = _json(proof.to_json())
    hashes = {path: manifest.digest(content) for path, content in files.items()}
    files[manifest.PATH] = Manifest(settings, content_hash(draft.schema), inputs, hashes, history.tags).text().encode()
    report("writing the folder")
    notes = tuple(dict.fromkeys(f"{hazard.message} ({hazard.name}). {hazard.safe}" for hazard in history.hazards))
    return Design(draft, settings, folder, publish.publish(files, folder, previous), proof, notes)


def _build(
    draft: Draft,
    settings: Settings,
    folder: Path,
    scratch: Path,
    previous: Manifest | None,
    proof_url: str | None,
    now: datetime.datetime | None,
    allow: Collection[str],
) -> tuple[dict[str, bytes], Chain, Proof]:
    """Every file of the project, its migrations, and the proof that was made of them in `scratch`."""
    from dbarchitect.api import migrations
    from dbarchitect.api.documents import diagrams, documents
    from dbarchitect.api.proving import proving_server
    from dbarchitect.engines import toolchain
    from dbarchitect.prove.context import Context
    from dbarchitect.prove.run import prove

    with ThreadPoolExecutor(2, thread_name_prefix="make") as pool, proving_server(proof_url) as server:
        early = pool.submit(lambda: server.version)
        pictures = pool.submit(lambda: diagrams(draft))
        report("writing TypeScript")
        texts = _sources(draft, settings, folder.name)
        publish.write_tree(_bytes(texts), scratch)
        project = toolchain.Project(scratch, settings.drizzle)
        with project.link():
            formatted = project.format()
            if not formatted.passed:
                raise RuntimeError(f"emitted TypeScript that does not parse: {formatted.problems[0]}")
            if previous is None:
                history = migrations.first(draft.schema, settings, project)
            else:
                was = draft.requirements.was
                history = migrations.further(
                    draft.schema, settings, project, folder, previous, now, server=server, was=was, allow=allow
                )
            files = {path: (scratch / path).read_bytes() for path in texts}
            files |= _bytes(history.files)
            publish.write_tree(_bytes(history.files), scratch)
            early.result()
            report("proving")
            with closing(Context(scratch, project, draft, settings, server)) as context:
                proof = prove(context)
        files |= _bytes(pictures.result())
        files |= _bytes(documents(draft, settings, history.tags, proof))
    return files, history, proof


def _writable(draft: Draft) -> Draft:
    """The draft with what Drizzle cannot hold among its problems.

    Raises:
        InputError: a name or text that drizzle-kit cannot work with.
    """
    from dbarchitect.write.drizzle.problems import not_expressible

    found = not_expressible(draft.schema)
    errors = [problem for problem in found if problem.severity == "error"]
    if errors:
        raise InputError(errors[0].message, place=str(errors[0].span) if errors[0].span else None)
    seen = tuple(problem for problem in found if problem.severity != "info")
    return dataclasses.replace(draft, problems=(*draft.problems, *seen))


def _sources(draft: Draft, settings: Settings, name: str) -> dict[str, str]:
    """Everything but migrations, documents and proof: relative path to text."""
    from dbarchitect.design.brief import writer
    from dbarchitect.engines import toolchain
    from dbarchitect.write.drizzle.project import application_files
    from dbarchitect.write.drizzle.schema import schema_files

    return {
        **schema_files(draft.schema, settings),
        **application_files(draft.schema, settings),
        **toolchain.project_files(settings.drizzle, toolchain.package_name(name)),
        BRIEF: writer.write(draft.requirements, draft.questions),
    }


def _inputs(draft: Draft, settings: Settings) -> str:
    """Hash of everything that decides about the emitted bytes."""
    requirements, schema = encode(draft.requirements, compared_only=True), encode(_placeless(draft.schema))
    content = [dbarchitect.version(), dataclasses.asdict(settings), requirements, schema]
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()


def _placeless(schema: Schema) -> Schema:
    """The schema without where its elements stand in a brief: the brief may lie anywhere."""
    return dataclasses.replace(schema, annotations=Annotations())


def _same_settings(previous: Manifest, settings: Settings, folder: Path) -> None:
    if previous.settings == settings:
        return
    for entry in dataclasses.fields(settings):
        old, new = getattr(previous.settings, entry.name), getattr(settings, entry.name)
        if old != new:
            raise RefusedError(
                f"this project was made with {entry.name} {old}, and now {new} is asked for",
                place=str(folder),
                hint=f"Leave the option at {old}, or design into a new folder.",
            )


def _missing(folder: Path, previous: Manifest) -> bool:
    return any(not (folder / path).is_file() for path in previous.files)


def _stored_proof(folder: Path) -> Proof | None:
    from dbarchitect.prove.stored import parse

    try:
        return parse(json.loads((folder / PROOF).read_text(encoding="utf-8")))
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _bytes(texts: dict[str, str]) -> dict[str, bytes]:
    return {path: text.encode() for path, text in texts.items()}


def _json(content: object) -> bytes:
    return (json.dumps(content, indent=2, ensure_ascii=False) + "\n").encode()
