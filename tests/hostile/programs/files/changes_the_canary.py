# with: attempts
tell(attempt(write, "@file@"), attempt(write, "@file@", b"", os.O_WRONLY | os.O_TRUNC), attempt(os.truncate, "@file@", 0))
