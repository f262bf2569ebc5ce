"""What `design` costs: beside the same steps run by hand in the same run, and as the number of entities grows.

    python bench/design.py              the demo beside its steps, then 10 to 300 entities
    python bench/design.py --cold       the demo with an empty cache too (packages come from the network)
    python bench/design.py --sizes 10,50

One run each; the ratio is what counts, since both sides run on the same machine one after the other.
"""

from __future__ import annotations

import argparse
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).parent.parent
DEMO = ROOT / "examples" / "commerce.yaml"
PROGRAM = str(Path(sys.executable).parent / "dbarchitect")
SIZES = (10, 50, 150, 300)


def timed(action: Callable[[], object]) -> float:
    """Seconds of wall clock."""
    start = time.perf_counter()
    action()
    return time.perf_counter() - start


def design(brief: str, out: Path, *, tests: bool = True, **environment: str) -> tuple[float, float]:
    """(seconds, peak memory in MB of the Python process) of one `design` process; without `bun test` when asked."""
    skip = "from dbarchitect.prove import run; kinds = run.kinds()\n" * (not tests)
    skip += "run.kinds = lambda: tuple(kind for kind in kinds if kind.KIND != 'tests')\n" * (not tests)
    code = (
        f"import resource, sys; from dbarchitect.surface.cli.main import main\n{skip}"
        "try: main()\n"
        "finally: print('peak', resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024, file=sys.stderr)\n"
    )
    command = [sys.executable, "-c", code, "design", brief, "-o", str(out), "--yes", "--format", "concise"]
    start = time.perf_counter()
    finished = subprocess.run(command, capture_output=True, text=True, env=os.environ | environment, check=False)
    seconds = time.perf_counter() - start
    if finished.returncode == 2:
        raise SystemExit(finished.stdout + finished.stderr)
    peak = next(line.split()[1] for line in finished.stderr.splitlines() if line.startswith("peak "))
    return seconds, float(peak)


def by_hand(folder: Path) -> list[tuple[str, float]]:
    """The steps of a proof, one after the other, each with its seconds."""
    from dbarchitect.api.drafting import think
    from dbarchitect.design.brief import reader
    from dbarchitect.edit import manifest
    from dbarchitect.engines import postgres, toolchain
    from dbarchitect.prove.context import Context
    from dbarchitect.prove.run import prove

    known = manifest.load(folder)
    assert known is not None
    draft = think(reader.read((folder / "brief.yaml").read_text(), name="brief.yaml", form="yaml"), {}, known.settings)
    project = toolchain.Project(folder, known.settings.drizzle)
    steps: list[tuple[str, float]] = []
    begin = time.perf_counter()
    server = postgres.start()
    steps.append(("server start", time.perf_counter() - begin))
    with server, project.link():
        context = Context(folder, project, draft, known.settings, server)
        steps.append(("tsc", timed(project.typecheck)))
        steps.append(("drizzle-kit generate", timed(project.kit_generate_changes)))
        steps.append(("up, down, up", timed(lambda: prove(context, only=["migration"]))))
        steps.append(("bun run seed", timed(lambda: context.seeded)))
        steps.append(("queries", timed(lambda: prove(context, only=["query"]))))
        steps.append(("bun test", timed(project.test)))
    return steps


def brief(entities: int) -> str:
    """A brief of so many entities: each third one belongs to the one before, with a few typed attributes."""
    lines = ["title: Bench", "tenant: organization", "entities:", "  organization:", "    name: varchar(200)"]
    for number in range(entities - 1):
        lines += [
            f"  part {number} thing:",
            "    name: varchar(200) required search",
            "    code: varchar(40) required unique",
            "    price: money >= 0",
            "    status: one of draft, active, archived",
        ]
    lines.append("relationships:")
    lines += [f"  - part {number} thing belongs to part {number - 1} thing" for number in range(1, entities - 1, 3)]
    return "\n".join(lines) + "\n"


def beside_its_steps(scratch: Path) -> None:
    """The demo, warm, and the sum of its steps."""
    design(str(DEMO), scratch / "warm")
    shutil.rmtree(scratch / "warm")
    seconds, peak = design(str(DEMO), scratch / "demo")
    shorter, _ = design(str(DEMO), scratch / "without", tests=False)
    steps = by_hand(scratch / "demo")
    tests = dict(steps)["bun test"]
    total = sum(took for _, took in steps) - tests
    print(f"{'step by hand':<26}{'seconds':>9}")
    for name, took in steps:
        print(f"{name:<26}{took:>9.2f}")
    print(f"{'sum without bun test':<26}{total:>9.2f}")
    print(f"{'sum with bun test':<26}{total + tests:>9.2f}")
    print(f"{'design without bun test':<26}{shorter:>9.2f}   {shorter / total:.2f} x the steps without it")
    print(f"{'design':<26}{seconds:>9.2f}   {seconds / (total + tests):.2f} x the steps with it; peak {peak:.0f} MB")


def cold(scratch: Path) -> None:
    """The demo with nothing cached: template of the server and packages are made first."""
    cache = scratch / "cache"
    cache.mkdir()
    environment = {"XDG_CACHE_HOME": str(cache)}
    seconds, _ = design(str(DEMO), scratch / "cold", **environment)
    print(f"{'design, empty cache':<26}{seconds:>9.2f}   packages downloaded in it")


def growth(scratch: Path, sizes: list[int]) -> None:
    """Time and peak memory by number of entities."""
    print(f"\n{'entities':>8}{'dry run s':>11}{'design s':>10}{'s / entity':>12}{'peak MB':>9}{'children MB':>13}")
    for size in sizes:
        file = scratch / f"brief-{size}.yaml"
        file.write_text(brief(size))
        dry = timed(
            lambda file=file: subprocess.run(
                [PROGRAM, "design", str(file), "--dry-run", "--format", "json"], capture_output=True, check=True
            )
        )
        seconds, peak = design(str(file), scratch / f"size-{size}")
        children = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024
        print(f"{size:>8}{dry:>11.2f}{seconds:>10.2f}{seconds / size:>12.3f}{peak:>9.0f}{children:>13}")


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--cold", action="store_true")
    parser.add_argument("--sizes", default=",".join(map(str, SIZES)))
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="dbarchitect-bench-") as name:
        scratch = Path(name)
        if options.cold:
            cold(scratch)
        beside_its_steps(scratch)
        growth(scratch, [int(size) for size in options.sizes.split(",") if size])


if __name__ == "__main__":
    main()
