"""Forms: JSON that says what a value is. What runs beside a submission writes them, and what judges reads them, so
nothing here imports more than the standard library; sources travel into jails (``harness``)."""

MODULES = ("registry", "stdlib", "libraries", "codec")
"""Each after those that it imports."""
