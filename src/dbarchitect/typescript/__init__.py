"""The syntax of TypeScript: where things stand in a file."""
