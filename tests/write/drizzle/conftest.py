"""One Bun process that answers questions about TypeScript for the whole run."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from dbarchitect.engines import bun

# Reads one JSON line {code, run}, transpiles it as TypeScript, runs it when asked to, prints {value} or {error}.
EVALUATOR = """
const transpiler = new Bun.Transpiler({ loader: 'ts' })
for await (const line of console) {
  try {
    const { code, run } = JSON.parse(line)
    const text = transpiler.transformSync(code)
    console.log(JSON.stringify({ value: run ? new Function(text)() : null }))
  } catch (error) {
    console.log(JSON.stringify({ error: String(error) }))
  }
}
"""

Ask = Callable[[str, bool], Any]


@pytest.fixture(scope="session")
def ask_bun(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ask]:
    """Transpile, and perhaps run, TypeScript in one long-lived process."""
    script = tmp_path_factory.mktemp("bun") / "evaluate.ts"
    script.write_text(EVALUATOR)
    process = subprocess.Popen(
        [bun.binary(), script], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, encoding="utf-8"
    )
    assert process.stdin is not None
    assert process.stdout is not None
    stdin, stdout = process.stdin, process.stdout

    def ask(code: str, run: bool) -> Any:
        stdin.write(json.dumps({"code": code, "run": run}) + "\n")
        stdin.flush()
        answer = json.loads(stdout.readline())
        assert "error" not in answer, f"{answer['error']} in {code!r}"
        return answer.get("value")

    yield ask
    stdin.close()
    stdout.close()
    process.wait(timeout=10)


@pytest.fixture(scope="session")
def evaluate(ask_bun: Ask) -> Callable[[str], Any]:
    """The value that a piece of TypeScript returns."""
    return lambda code: ask_bun(code, True)
