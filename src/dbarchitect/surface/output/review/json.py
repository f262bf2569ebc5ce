"""JSON: exactly what the API function returned."""

from __future__ import annotations

from dbarchitect.surface.output import json
from dbarchitect.surface.output.review.view import View


def render(view: View) -> str:
    """The `review` object of DESIGN section 4, with every finding, those of taste too."""
    return json.render(view.review.to_json())
