"""PostgreSQL, Bun and the Drizzle toolchain: how they are found, started and asked."""
