# with: attempts
tell(attempt(os.open, f"/proc/{RUNNER}/mem", os.O_RDWR), attempt(os.open, f"/proc/{os.getppid()}/mem", os.O_RDWR))
