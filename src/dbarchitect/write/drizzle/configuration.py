"""The files around the code: compiler, formatter, drizzle-kit, environment, git."""

from __future__ import annotations

from dbarchitect.write.drizzle.code import render
from dbarchitect.write.drizzle.subject import Project


def configuration_files(project: Project) -> dict[str, str]:
    """tsconfig.json, biome.json, drizzle.config.ts, .env.example and .gitignore."""
    line = project.settings.drizzle
    tenancy = project.lookup.tenancy
    return {
        "tsconfig.json": render("config/tsconfig.json.j2"),
        "biome.json": render("config/biome.json.j2"),
        "drizzle.config.ts": render("config/drizzle.config.ts.j2", line=line),
        ".env.example": render("config/env.j2", role=tenancy.role if tenancy else "app_user"),
        ".gitignore": render("config/gitignore.j2"),
    }
