"""Fixes: edits of TypeScript that keep its formatting, and the DDL that they mean."""
