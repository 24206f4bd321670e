"""Plug-ins for evaluation harnesses: their own scorers and sandboxes, on this service."""
