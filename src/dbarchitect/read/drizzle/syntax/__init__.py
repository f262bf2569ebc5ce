"""What the TypeScript of a Drizzle schema means, told from its syntax."""
