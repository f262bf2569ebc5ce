"""Everything that a project has beside its schema files, migrations and documents."""

from __future__ import annotations

from dbarchitect.model.schema import Schema
from dbarchitect.settings import Settings
from dbarchitect.write.drizzle.configuration import configuration_files
from dbarchitect.write.drizzle.helpers import helper_files
from dbarchitect.write.drizzle.project_tests import test_files
from dbarchitect.write.drizzle.queries import query_files
from dbarchitect.write.drizzle.seeds import seed_files
from dbarchitect.write.drizzle.subject import Project
from dbarchitect.write.drizzle.validation import validation_files


def application_files(schema: Schema, settings: Settings) -> dict[str, str]:
    """Helpers, queries, validation, seeds, tests and configuration: relative path to text.

    The texts are valid and pass the project's lint; `biome format` gives them their final line breaks.

    Args:
        schema: the schema with its intent.
        settings: what was chosen.
    """
    project = Project(schema, settings)
    queries = query_files(project)
    files = {
        **helper_files(project, queries),
        **queries,
        **validation_files(project),
        **seed_files(project),
        **test_files(project),
        **configuration_files(project),
    }
    return dict(sorted(files.items()))
