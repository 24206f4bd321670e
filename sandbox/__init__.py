"""Runs one untrusted program under limits. Knows nothing of verdicts, HTTP or queues."""
