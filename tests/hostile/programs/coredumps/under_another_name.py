# with: attempts
tell(attempt(write, "/proc/sys/kernel/core_pattern", b"/tmp/@half@.%p"), attempt(write, "/proc/sys/kernel/core_uses_pid", b"1"), attempt(write, "/proc/sys/fs/suid_dumpable", b"2"))
