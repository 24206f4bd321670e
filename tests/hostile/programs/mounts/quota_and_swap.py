# with: attempts
numbers = (167, 168) if platform.machine() == "x86_64" else (224, 225)
tell(attempt(call, "quotactl", 0x80000200, b"/dev/root", 0, None), *(attempt(library, "syscall", number, b"swap", 0) for number in numbers))
