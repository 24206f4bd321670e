# with: attempts
def strike(pid): call("pidfd_send_signal", call("pidfd_open", pid, 0), int(signal.SIGKILL), None, 0)
tell(attempt(strike, RUNNER), attempt(strike, os.getppid()))
