# with: attempts
tell(*(attempt(library, "mount", b"@half@", b".", kind, 0, None) for kind in (b"tmpfs", b"proc", b"sysfs", b"overlay", b"bpf")))
