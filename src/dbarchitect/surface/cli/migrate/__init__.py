"""The parts of `dbarchitect migrate`: one file each, holding a function of its own name, found by walking."""
