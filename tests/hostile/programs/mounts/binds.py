# with: attempts
tell(attempt(library, "mount", b"@dir@", b".", None, 4096, None), attempt(library, "mount", b"none", b"/", None, 0x84000, None), attempt(library, "mount", b"/", b".", None, 0x1020, None))
