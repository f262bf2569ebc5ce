"""One file per output format; each turns what an API function returned (its JSON) into text."""
