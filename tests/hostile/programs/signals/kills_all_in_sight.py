# with: attempts
# verdict: accepted
tell(*(attempt(os.kill, pid, signal.SIGKILL) for pid in others()))
