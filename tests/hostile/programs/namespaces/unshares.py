# with: attempts
flags = (0x10000000, 0x00020000, 0x02000000, 0x04000000, 0x08000000, 0x20000000, 0x40000000, 0x00000080)
tell(*(attempt(library, "unshare", flag) for flag in flags), attempt(library, "unshare", 0x7E020000))
