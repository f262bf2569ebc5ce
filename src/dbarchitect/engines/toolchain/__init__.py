"""The Drizzle toolchain of each line, run under Bun: `install`, `Project`, `project_files`, `journal`, `layout`."""

from dbarchitect.engines.toolchain.diagram import layout
from dbarchitect.engines.toolchain.files import package_name, project_files, versions
from dbarchitect.engines.toolchain.install import install, install_layout, status
from dbarchitect.engines.toolchain.project import Project
from dbarchitect.engines.toolchain.results import Checked, KitResult, Problem, Tested

__all__ = [
    "Checked", "KitResult", "Problem", "Project", "Tested",
    "install", "install_layout", "layout", "package_name", "project_files", "status", "versions",
]  # fmt: skip
