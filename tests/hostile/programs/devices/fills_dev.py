# with: attempts
new = os.O_CREAT | os.O_WRONLY
tell(attempt(write, "/dev/@half@", b"x", new), attempt(os.unlink, "/dev/null"), attempt(os.chmod, "/dev/null", 0), attempt(os.rename, "/dev/zero", "/dev/null"))
