# with: attempts
new = os.O_CREAT | os.O_WRONLY
tell(*(attempt(write, path, b"x", new) for path in ("/usr/lib/@half@", "/bin/@half@", "/etc/@half@", os.__file__ + ".@half@", "/@half@")))
