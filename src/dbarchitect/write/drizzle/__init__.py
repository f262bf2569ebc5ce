"""Drizzle projects: the TypeScript, the migrations folder and the files around them."""
