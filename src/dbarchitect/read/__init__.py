"""Sources to schema: one file per source."""
