"""Drizzle's queries, found by syntax in TypeScript."""
