"""Questions about a schema, answered once."""
