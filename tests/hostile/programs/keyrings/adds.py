# with: attempts
tell(*(attempt(call, "add_key", b"user", b"@half@", b"x", 1, ring) for ring in (-1, -2, -3, -4, -5)))
