"""The documents and pictures of a project, from what the other packages know."""

from __future__ import annotations

from collections.abc import Sequence

from dbarchitect.design.result import Draft
from dbarchitect.model.claim import Proof
from dbarchitect.settings import Settings
from dbarchitect.write.drizzle.catalogue import queries
from dbarchitect.write.report.documents import Material
from dbarchitect.write.report.documents import documents as render


def documents(draft: Draft, settings: Settings, migrations: Sequence[str], proof: Proof | None) -> dict[str, str]:
    """README.md, docs/design.md and docs/decisions.md by path."""
    requirements = draft.requirements
    intent = draft.schema.intent
    return render(
        Material(
            title=intent.title or requirements.title or "Database",
            schema=draft.schema,
            settings=settings,
            decisions=draft.decisions,
            questions=draft.questions,
            answers=dict(requirements.answers),
            assumptions=requirements.assumptions,
            problems=draft.problems,
            queries=queries(draft.schema, settings),
            migrations=migrations,
            proof=proof,
        )
    )


def diagrams(draft: Draft) -> dict[str, str]:
    """docs/erd.mmd and docs/erd.svg by path."""
    from dbarchitect.write import mermaid, svg

    return {"docs/erd.mmd": mermaid.write(draft.schema), "docs/erd.svg": svg.write(draft.schema)}
