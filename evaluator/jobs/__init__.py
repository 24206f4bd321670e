"""Batches that outlive connections, and the processes that took them in."""
