# with: attempts
tell(*(attempt(call, "keyctl", 0, ring, 1) for ring in (-3, -4, -5)), attempt(call, "keyctl", 11, 1, None, 0), attempt(call, "request_key", b"user", b"@half@", None, -3))
