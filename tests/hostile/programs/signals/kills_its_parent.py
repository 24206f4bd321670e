# with: attempts
tell(*(attempt(os.kill, os.getppid(), number) for number in (signal.SIGKILL, signal.SIGSTOP, signal.SIGTERM, 0)))
