# with: attempts
tell(attempt(write, "@dir@/new", b"x", os.O_CREAT | os.O_WRONLY), attempt(os.mkdir, "@dir@/d"), attempt(os.mkfifo, "@dir@/p"), attempt(os.symlink, "/etc", "@dir@/l"))
