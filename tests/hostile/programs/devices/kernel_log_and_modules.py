# with: attempts
number = (175, 169) if platform.machine() == "x86_64" else (105, 142)
tell(attempt(call, "syslog", 10, None, 0), attempt(call, "kexec_load", 0, 0, None, 0), attempt(library, "syscall", number[0], b"x", 1, b""), attempt(library, "syscall", number[1], 0xFEE1DEAD, 672274793, 0), attempt(call, "acct", b"@file@"))
