# with: attempts
# The first of clone's arguments holds the flags; 56 and 220 are its numbers.
number = 56 if platform.machine() == "x86_64" else 220
tell(*(attempt(library, "syscall", number, flag | 17, 0, 0, 0, 0) for flag in (0x10000000, 0x20000000, 0x40000000, 0x7E020000)))
