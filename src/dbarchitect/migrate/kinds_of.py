"""Finds the file of a kind of piece."""

from __future__ import annotations

import importlib
import pkgutil
from functools import cache
from types import ModuleType

from dbarchitect.migrate import kinds as package


@cache
def kinds() -> dict[str, ModuleType]:
    """The modules of `migrate.kinds` by their KIND."""
    names = sorted(module.name for module in pkgutil.iter_modules(package.__path__))
    modules = [importlib.import_module(f"{package.__name__}.{name}") for name in names]
    return {module.KIND: module for module in modules}
