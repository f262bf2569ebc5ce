"""PostgreSQL's DDL from the model: one file for each kind of object, `create` and `drop` for whole schemas."""
