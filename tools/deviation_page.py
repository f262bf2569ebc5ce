"""docs/conventions.md: each deviation from the seed's sample code, with both forms tried on the real thing.

python tools/deviation_page.py            print what both forms do, now, on this machine
python tools/deviation_page.py NAME …     only these
"""

from __future__ import annotations

import importlib
import pkgutil
import sys
from collections.abc import Sequence
from pathlib import Path
from types import ModuleType

import deviations
from deviations.trial import Shown

PAGE = Path(deviations.__path__[0]) / "page.md"
HEAD = "| what is wrong | the seed | what it does | we emit | what that does |\n| --- | --- | --- | --- | --- |\n"


def modules(only: Sequence[str] = ()) -> list[ModuleType]:
    """The demonstrations, by name."""
    names = sorted(entry.name for entry in pkgutil.iter_modules(deviations.__path__) if entry.name != "trial")
    return [importlib.import_module(f"deviations.{name}") for name in names if not only or name in only]


def row(module: ModuleType, shown: Shown) -> str:
    """One row of the table."""
    title = (module.__doc__ or "").strip()
    cells = (f"**{title}** {module.WHY}", module.SEED, shown.seed, module.WE, shown.ours)
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


def page() -> str:
    """The whole page."""
    rows = "\n".join(row(module, module.show()) for module in modules())
    return PAGE.read_text(encoding="utf-8").replace("{rows}", HEAD + rows)


def main() -> None:
    """Print each demonstration."""
    for module in modules(sys.argv[1:]):
        shown = module.show()
        print(f"{(module.__doc__ or '').strip()}\n  seed  {module.SEED}\n        {shown.seed}")
        print(f"  ours  {module.WE}\n        {shown.ours}\n")


if __name__ == "__main__":
    main()
