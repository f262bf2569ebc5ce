"""One file for each kind of claim; `prove.run` finds them by walking this folder."""
