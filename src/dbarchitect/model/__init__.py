"""What a database schema is: frozen dataclasses without I/O, importing nothing else of ours."""
