"""What users touch: thin shells over the API."""
