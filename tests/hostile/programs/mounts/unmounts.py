# with: attempts
tell(*(attempt(library, "umount2", path, 2) for path in (b".", b"..", b"/", b"/proc", b"/dev/null", b"/tmp")))
