"""What statements really lock, rewrite and scan: measured by `make truth`, compared with every verdict by the tests."""
