# with: attempts
tell(attempt(os.open, "/dev/fuse", os.O_RDWR), attempt(os.execv, "/bin/fusermount", ["fusermount", "@dir@"]), attempt(write, "/proc/self/mountinfo"))
