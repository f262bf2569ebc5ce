"""Where we depart from the seed's sample code: one file for each, with both forms tried on the real thing."""
