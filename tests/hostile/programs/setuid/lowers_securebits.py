# with: attempts
tell(attempt(library, "prctl", 28, 0, 0, 0, 0), attempt(library, "prctl", 28, 0x2F, 0, 0, 0))
