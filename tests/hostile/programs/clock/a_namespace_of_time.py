# with: attempts
tell(attempt(library, "unshare", 0x80), attempt(write, "/proc/self/timens_offsets", b"monotonic 86400 0"))
