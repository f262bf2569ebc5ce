"""Drizzle's migrations folder of either line: read, continued, and put on top of another one."""
