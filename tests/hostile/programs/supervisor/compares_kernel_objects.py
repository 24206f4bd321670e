# with: attempts
tell(attempt(call, "kcmp", os.getpid(), RUNNER, 0, 0, 0), attempt(call, "kcmp", os.getppid(), RUNNER, 1, 0, 0))
