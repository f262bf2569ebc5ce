"""Reads Drizzle projects that others made, by running their schema files under Bun."""
