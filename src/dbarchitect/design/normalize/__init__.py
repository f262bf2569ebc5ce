"""Functional dependencies: closures, keys, normal forms, synthesis, and what a brief declares."""
