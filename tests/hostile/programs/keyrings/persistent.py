# with: attempts
tell(attempt(call, "keyctl", 22, -1, -3), attempt(call, "keyctl", 8, -4, -5))
