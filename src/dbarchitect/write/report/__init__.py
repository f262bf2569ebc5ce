"""The documents of a project: README.md, docs/design.md with the eight deliverables, docs/decisions.md."""
