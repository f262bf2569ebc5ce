"""Plan migrations, and what is done with them."""

import importlib
import pkgutil

from dbarchitect.surface.cli import invoke
from dbarchitect.surface.cli import migrate as package

app = invoke.new_app()


@app.callback()
def migrate() -> None:
    """Plan the way from one schema to another and back, safely, and carry it out."""


for module in pkgutil.iter_modules(package.__path__):
    loaded = importlib.import_module(f"{package.__name__}.{module.name}")
    app.command(module.name.replace("_", "-"))(getattr(loaded, module.name))
