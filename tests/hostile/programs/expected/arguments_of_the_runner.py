# with: attempts
tell(*(attempt(read, f"/proc/{RUNNER}/{name}") for name in ("cmdline", "comm", "stat", "status")))
