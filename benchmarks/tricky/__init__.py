"""The tricky programs of tests/tricky, judged by us and by others."""
