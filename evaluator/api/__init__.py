"""The HTTP service: ``app`` puts it together, one file per group of routes."""
