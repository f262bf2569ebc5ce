"""What a decomposition keeps: the chase tells whether its join is lossless, closures whether dependencies survive."""

from __future__ import annotations

from collections.abc import Sequence

from dbarchitect.design.normalize.dependency import FD, bits, closure


def is_lossless(everything: int, parts: Sequence[int], dependencies: Sequence[FD]) -> bool:
    """Whether joining the parts gives back the relation, nothing more (chase over a tableau).

    Args:
        everything: the attributes of the relation.
        parts: the attributes of each part.
        dependencies: what holds in the relation.
    """
    columns = list(bits(everything))
    # 0 is the distinguished symbol of a column; other symbols are numbered by row.
    rows = [{column: 0 if part >> column & 1 else row + 1 for column in columns} for row, part in enumerate(parts)]
    changed = True
    while changed:
        changed = False
        for fd in dependencies:
            left = [column for column in columns if fd.left >> column & 1]
            right = [column for column in columns if fd.right >> column & 1]
            groups: dict[tuple[int, ...], list[dict[int, int]]] = {}
            for row in rows:
                groups.setdefault(tuple(row[column] for column in left), []).append(row)
            for group in groups.values():
                for column in right:
                    changed |= _merge(rows, column, {row[column] for row in group})
    return any(all(row[column] == 0 for column in columns) for row in rows)


def _merge(rows: list[dict[int, int]], column: int, symbols: set[int]) -> bool:
    """Make these symbols of a column one; whether anything changed."""
    if len(symbols) < 2:
        return False
    chosen = min(symbols)
    for row in rows:
        if row[column] in symbols:
            row[column] = chosen
    return True


def preserves(parts: Sequence[int], dependencies: Sequence[FD]) -> bool:
    """Whether every dependency can be checked within single parts, without projecting (polynomial)."""
    return not lost(parts, dependencies)


def lost(parts: Sequence[int], dependencies: Sequence[FD]) -> list[FD]:
    """The dependencies that no set of checks within single parts implies."""
    missing = []
    for fd in dependencies:
        found = fd.left
        changed = True
        while changed:
            changed = False
            for part in parts:
                more = closure(found & part, dependencies) & part & ~found
                if more:
                    found |= more
                    changed = True
        if fd.right & ~found:
            missing.append(fd)
    return missing
