"""`review`: sources read, judged by the rules, and mended where that was asked for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import field, replace
from pathlib import Path
from typing import TYPE_CHECKING

from dbarchitect import config
from dbarchitect.api import typescripts
from dbarchitect.config import Config
from dbarchitect.errors import InputError
from dbarchitect.model.decision import Problem
from dbarchitect.model.finding import Finding, Review
from dbarchitect.model.schema import Schema
from dbarchitect.progress import report
from dbarchitect.records import dataclass
from dbarchitect.review import baseline, catalogue, changes, engine
from dbarchitect.review.options import Options, PathOptions
from dbarchitect.review.subject import Subject
from dbarchitect.settings import Profile
from dbarchitect.typescript.source import Source

if TYPE_CHECKING:
    from dbarchitect.api.sources import Found
    from dbarchitect.review.fixing import Mended


@dataclass(frozen=True, slots=True)
class Choices:
    """What one review is asked for, beyond its sources.

    Args:
        static: run nothing of the sources' own.
        from_format: what standard input holds.
        statistics: read the statistics of live databases too.
        profile: whose taste counts; None for what dbarchitect.toml or our manifest says.
        select: codes, or their beginnings, instead of those of dbarchitect.toml.
        ignore: codes in addition to those of dbarchitect.toml.
        postgres: the major version of PostgreSQL that files are meant for.
        fix: apply safe fixes to the files.
        unsafe_fixes: apply unsafe ones too.
        diff: only say what fixes would change.
        baseline: a file of known findings.
        update_baseline: write that file instead of reading it.
        since: a commit; only findings on lines that changed since count.
    """

    static: bool = False
    from_format: str | None = None
    statistics: bool = True
    profile: Profile | None = None
    select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    postgres: int = 18
    fix: bool = False
    unsafe_fixes: bool = False
    diff: bool = False
    baseline: Path | None = None
    update_baseline: bool = False
    since: str | None = None


@dataclass(frozen=True)
class Reviewed:
    """What a review hands back.

    Args:
        review: the findings, the problems and the counts.
        counted: the findings that are shown one by one and may set the exit code.
        texts: the files, by relative path, for snippets.
        fixed: how many fixes were applied.
        ddl: what they mean for the database, ready for `migrate`.
        diff: what fixes changed, or would change, as a unified diff.
    """

    review: Review
    counted: tuple[Finding, ...] = ()
    texts: Mapping[str, str] = field(default_factory=dict)
    fixed: int = 0
    ddl: tuple[str, ...] = ()
    diff: str = ""


def run(sources: Sequence[str], choices: Choices) -> Reviewed:
    """See `dbarchitect.api.review`."""
    base = Path.cwd()
    listed = tuple(sources) or (".",)
    configuration = config.load(_folder(listed[0]))
    _options(choices, configuration, ()).check([page.rule.code for page in catalogue.pages()])
    found = _read(listed, choices, base)
    options = _options(choices, configuration, found)
    subjects = _subjects(listed, found, choices, options.profile, base)
    problems = [problem for item in found for problem in item.result.problems]
    reviewed = _judged(subjects, options, problems)
    if not (choices.fix or choices.diff):
        return _shown(reviewed, options, choices, base)
    _refuse_what_cannot_be_mended(found)
    mended = _mended(list(zip(found, subjects, strict=True)), options, choices, base)
    before = {file: text for subject in subjects for file, text in subject.texts.items()}
    from dbarchitect.edit import apply

    changed = apply.diff(before, mended.texts)
    if not choices.diff and mended.texts:
        apply.write(base, mended.texts)
        found = _read(listed, choices, base)
        subjects = _subjects(listed, found, choices, options.profile, base)
        reviewed = _judged(subjects, options, [p for item in found for p in item.result.problems])
    reviewed = replace(
        reviewed, review=replace(reviewed.review, problems=(*reviewed.review.problems, *mended.problems))
    )
    shown = _shown(reviewed, options, choices, base)
    return replace(shown, fixed=len(mended.fixes), ddl=mended.ddl, diff=changed)


def _read(listed: Sequence[str], choices: Choices, base: Path) -> list[Found]:
    from dbarchitect.api import sources

    found: list[Found] = []
    for source in listed:
        report(f"reading {source if '://' not in source else 'the database'}")
        found.extend(
            sources.find(
                source,
                static=choices.static,
                from_format=choices.from_format,
                statistics=choices.statistics,
                base=base,
            )
        )
    return found


def _options(choices: Choices, configuration: Config, found: Sequence[Found]) -> Options:
    made = [profile for profile in map(_made_with, found) if profile]
    chosen = choices.profile or configuration.profile or (made[0] if made and len(made) == len(found) else None)
    return Options(
        select=choices.select or configuration.select,
        ignore=(*configuration.ignore, *choices.ignore),
        severity=configuration.severity,
        paths=tuple(PathOptions(path.pattern, path.select, path.ignore, path.severity) for path in configuration.paths),
        profile=chosen or "house",
        taste_counts=chosen is not None,
    )


def _made_with(found: Found) -> Profile | None:
    """The profile of a project that `design` made."""
    from dbarchitect.edit import manifest

    made = manifest.load(found.root) if found.root and found.root.is_dir() else None
    return made.settings.profile if made else None


def _subjects(
    listed: Sequence[str], found: Sequence[Found], choices: Choices, profile: Profile, base: Path
) -> list[Subject]:
    files: dict[str, Source] = {}
    for item in found:
        if item.declared:
            files.update(item.declared.sources)
    if any(item.declared for item in found):
        report("looking for queries")
        for source in listed:
            if Path(source).exists():
                files = typescripts.read(Path(source), base, files)
    return [_subject(item, files, choices, profile, base) for item in found]


def _subject(found: Found, files: Mapping[str, Source], choices: Choices, profile: Profile, base: Path) -> Subject:
    if found.declared is None:
        return Subject(
            found.result.schema,
            statistics=found.statistics,
            texts=dict(found.texts),
            profile=profile,
            postgres=found.postgres or choices.postgres,
        )
    from dbarchitect.read.drizzle import queries

    asked = queries.read(files, found.declared, found.result.schema)
    concerned = {query.span.file for query in asked} | set(found.declared.sources)
    own = {file: source for file, source in files.items() if file in concerned or "drizzle" in source.text}
    texts = {**{file: source.text for file, source in own.items()}, **found.texts}
    return Subject(
        found.result.schema,
        declared=found.declared,
        migrations=_migrated(found, base),
        queries=asked,
        texts=texts,
        sources=own,
        line=found.line,
        profile=profile,
        postgres=choices.postgres,
    )


def _migrated(found: Found, base: Path) -> Schema | None:
    """The schema that a project's migrations lead to, when they can all be read."""
    if found.out is None or not found.out.is_dir():
        return None
    from dbarchitect.read.sql import folder

    try:
        read, _ = folder.read_path(found.out, base=base)
    except InputError:
        return None
    return None if any(problem.severity == "error" for problem in read.problems) else read.schema


def _judged(subjects: Sequence[Subject], options: Options, problems: Sequence[Problem]) -> Reviewed:
    report("reviewing")
    review = engine.review(subjects, options, problems)
    texts = {file: text for subject in subjects for file, text in subject.texts.items()}
    return Reviewed(review, texts=texts)


def _refuse_what_cannot_be_mended(found: Sequence[Found]) -> None:
    for item in found:
        if item.root is None:
            hint = "Give the folder or file itself; the DDL of the fixes stands beside each finding."
            raise InputError(f"{item.name} cannot be mended, because it is no file here", hint=hint)


def _mended(pairs: Sequence[tuple[Found, Subject]], options: Options, choices: Choices, base: Path) -> Mended:
    """Fix what is written in TypeScript, in memory."""
    from dbarchitect.review import fixing

    report("mending")
    written = [(item, subject) for item, subject in pairs if subject.declared]
    texts = {file: text for _, subject in written for file, text in subject.texts.items()}

    def again(now: Mapping[str, str]) -> Review:
        return engine.review([_read_again(item, subject, now, base) for item, subject in written], options)

    return fixing.mend(texts, again, options, unsafe=choices.unsafe_fixes)


def _read_again(found: Found, subject: Subject, now: Mapping[str, str], base: Path) -> Subject:
    """The subject after its files changed, from syntax alone."""
    from dbarchitect.read.drizzle import queries, static
    from dbarchitect.read.drizzle.texts import Texts, relative
    from dbarchitect.read.drizzle.workspace import packages_of

    declared = subject.declared
    if declared is None or all(now[file] == source.text for file, source in subject.sources.items()):
        return subject
    disk = Texts(base)
    packages = packages_of(found.root) if found.root else {}
    read = static.read(
        {file: now[file] for file in declared.named or declared.sources if file in now},
        declared.named,
        casing=found.casing,
        line=subject.line or "0.45",
        load=lambda path: now[path] if path in now else disk.load(path),
        packages={name: relative(folder, base) for name, folder in packages.items()},
    )
    sources = {
        file: read.declared.sources.get(file) or (source if now[file] == source.text else Source(file, now[file]))
        for file, source in subject.sources.items()
    }
    return replace(
        subject,
        schema=read.schema,
        declared=read.declared,
        queries=queries.read(sources, read.declared, read.schema),
        texts={file: now.get(file, text) for file, text in subject.texts.items()},
        sources=sources,
    )


def _shown(reviewed: Reviewed, options: Options, choices: Choices, base: Path) -> Reviewed:
    """The review without what the baseline knows and what stands on unchanged lines."""
    findings = reviewed.review.findings
    hidden: dict[str, int] = {}
    if choices.since:
        kept = changes.touched(findings, changes.since(choices.since, base))
        hidden["unchanged"] = len(findings) - len(kept)
        findings = kept
    if choices.baseline and choices.update_baseline:
        _save(choices.baseline, baseline.write([item for item in findings if options.counts(item)]))
    if choices.baseline:
        kept = baseline.new(findings, baseline.read(_text(choices.baseline), str(choices.baseline)))
        hidden["baseline"] = len(findings) - len(kept)
        findings = kept
    counts = engine.summary(findings, options) if hidden else {}
    summary = {**reviewed.review.summary, **counts, **hidden}
    review = replace(reviewed.review, findings=findings, summary=summary)
    return replace(reviewed, review=review, counted=tuple(item for item in findings if options.counts(item)))


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        hint = "Write it first: --baseline FILE --update-baseline."
        raise InputError("the baseline cannot be read", place=str(path), hint=hint) from error


def _save(path: Path, text: str) -> None:
    try:
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise InputError(f"the baseline cannot be written: {error.strerror}", place=str(path)) from error


def _folder(source: str) -> Path:
    path = Path(source)
    return path if path.is_dir() else path.parent if path.exists() else Path.cwd()
