"""One file for each rule; see `review.rule` for what such a file holds."""
