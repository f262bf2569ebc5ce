"""JSON: exactly what the API function returned."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any


def render(payload: Mapping[str, Any]) -> str:
    """The payload, two blanks of indent, keys in the order of the API."""
    return json.dumps(payload, indent=2, ensure_ascii=False) + "\n"
