# with: attempts
tell(*(attempt(os.killpg, group, signal.SIGKILL) for group in (RUNNER, os.getppid())))
