# with: attempts
tell(*(attempt(read, f"/proc/{who}/{way}/@file@") for who in ("self", "1", RUNNER, os.getppid()) for way in ("root", "cwd")))
