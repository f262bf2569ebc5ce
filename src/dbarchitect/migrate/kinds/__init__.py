"""How each kind of piece is made, changed and taken away: one file each, found by its name (`KIND`)."""
