# with: attempts
# no_new_privs has no way back, and the file's rights on exec do not count.
tell(attempt(library, "prctl", 38, 0, 0, 0, 0).replace("failed: EINVAL [Errno 22] prctl", "refused"), "refused" if "NoNewPrivs:\t1" in open("/proc/self/status").read() else "lost")
