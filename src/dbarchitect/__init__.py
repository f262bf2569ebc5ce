"""A database architect as software: proven PostgreSQL schemas as Drizzle ORM projects."""
