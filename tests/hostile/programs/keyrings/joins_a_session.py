# with: attempts
tell(attempt(call, "keyctl", 1, b"@half@"), attempt(call, "keyctl", 1, None), attempt(call, "keyctl", 18))
