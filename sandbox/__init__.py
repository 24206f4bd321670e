"""Runs one untrusted program under limits. Knows nothing of verdicts, HTTP or queues.

``Sandbox`` runs programs; ``RunLimits`` bounds them; ``Execution`` is what one run did.
"""
