"""Ways to make a change that keep people at work: one file each, found by walking; `migrate.recipe` says its form."""
