# with: attempts
tell(attempt(library, "semget", 0x5EED, 1, 0o1666), attempt(library, "semget", 0, 8, 0o1600))
