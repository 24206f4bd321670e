"""Turns submissions into reports: the wire contract, checkers, graders, queue and HTTP service."""
