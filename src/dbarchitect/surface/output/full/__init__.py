"""Full: what a person reads at a terminal; one file per kind of answer."""
