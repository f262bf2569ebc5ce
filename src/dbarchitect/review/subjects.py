"""Subjects from bare texts: what examples of rules, tests and editors hold in their hands."""

from __future__ import annotations

from collections.abc import Mapping
from typing import cast

from dbarchitect.model.statistics import Statistics
from dbarchitect.read.drizzle import queries, static
from dbarchitect.read.sql import reader
from dbarchitect.review.subject import Subject
from dbarchitect.settings import Line, Profile


def of_texts(
    files: Mapping[str, str],
    *,
    statistics: object | None = None,
    line: Line | None = None,
    profile: Profile = "house",
    postgres: int = 18,
) -> Subject:
    """The subject that some files make up, read without running anything.

    Args:
        files: texts by path: `.sql` files in their order, or TypeScript, with `.sql` files for its migrations.
        statistics: what a live database would say.
        line: the line of Drizzle; 0.45 for TypeScript when nobody says.
        profile: whose taste counts.
        postgres: the major version of PostgreSQL.
    """
    known = cast("Statistics | None", statistics)
    if not any(name.endswith((".ts", ".tsx", ".mts", ".cts", ".js", ".mjs", ".cjs")) for name in files):
        result = reader.read(files)
        return Subject(result.schema, statistics=known, texts=dict(files), profile=profile, postgres=postgres)
    read = static.read(files)
    found = queries.read(read.declared.sources, read.declared, read.schema)
    replayed = {name: text for name, text in files.items() if name.endswith(".sql")}
    return Subject(
        read.schema,
        declared=read.declared,
        queries=found,
        migrations=reader.read(replayed).schema if replayed else None,
        statistics=known,
        texts=dict(files),
        sources=read.declared.sources,
        line=line or "0.45",
        profile=profile,
        postgres=postgres,
    )
