# with: attempts
tell(*(attempt(write, f"/proc/self/{name}", b"0 0 1") for name in ("uid_map", "gid_map")), attempt(os.unshare if hasattr(os, "unshare") else (lambda flag: library("unshare", flag)), 0x10000000))
