"""The Drizzle toolchain of each line, run under Bun, and the library that lays diagrams out.

    project = toolchain.Project(folder, "0.45")
    with project.link():
        types = project.typecheck()
        kit = project.kit_snapshot()

Beside this module lies a folder of the same name with what is not Python: the packages of each line and the scripts.
"""

from __future__ import annotations

from dbarchitect.engines import toolchain_journal as journal
from dbarchitect.engines.toolchain_diagram import layout
from dbarchitect.engines.toolchain_files import package_name, project_files, versions
from dbarchitect.engines.toolchain_packages import install, install_layout, status
from dbarchitect.engines.toolchain_project import Project
from dbarchitect.engines.toolchain_results import Checked, KitResult, Problem, Tested

__all__ = [
    "Checked",
    "KitResult",
    "Problem",
    "Project",
    "Tested",
    "install",
    "install_layout",
    "journal",
    "layout",
    "package_name",
    "project_files",
    "status",
    "versions",
]
