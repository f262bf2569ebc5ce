"""From words to requirements to a schema with its reasons."""
