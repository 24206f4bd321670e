# with: attempts
tell(attempt(library, "shmget", 0x5EED, 4096, 0o1666), attempt(library, "shmget", 0, 4096, 0o1600), attempt(library, "shmat", 0, None, 0))
