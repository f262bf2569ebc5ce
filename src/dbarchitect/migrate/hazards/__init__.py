"""The hazards: each file holds one id, or a few that one look decides; found by walking."""
