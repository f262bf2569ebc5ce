"""SQL as text: quoting, parsing, classifying, formatting."""
