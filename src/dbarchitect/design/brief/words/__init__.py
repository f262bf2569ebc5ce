"""Plain English to `Requirements`."""
