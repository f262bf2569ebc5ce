"""From one schema to the next."""
