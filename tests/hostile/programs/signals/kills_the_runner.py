# with: attempts
tell(*(attempt(os.kill, RUNNER, number) for number in (0, signal.SIGUSR1, signal.SIGKILL)))
