"""DDL as text into the model: replayed statement by statement, without a server."""
