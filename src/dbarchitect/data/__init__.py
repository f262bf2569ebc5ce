"""Rows from a schema: seeds, counter-examples, adversarial rows."""
