"""Reading a brief loads nothing heavy."""

import subprocess
import sys

HEAVY = ("jinja2", "jsonschema", "postgast", "psycopg", "pydantic", "rich", "typer")
PROGRAM = f"""
import sys
from dbarchitect.design.brief.example import example
from dbarchitect.design.brief.reader import read
read(example(), name="brief.yaml")
words = [name for name in sys.modules if name.startswith("dbarchitect.design.brief.words")]
read("an online shop", name="the words")
print([name for name in {HEAVY} if name in sys.modules], words)
"""


def test_nothing_heavy_is_loaded():
    output = subprocess.run([sys.executable, "-c", PROGRAM], capture_output=True, text=True, check=True, timeout=60)
    assert output.stdout == "[] []\n"
