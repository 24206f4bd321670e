# with: attempts
os.mkdir("root")
tell(attempt(os.chroot, "root"), attempt(os.chroot, "."), attempt(library, "syscall", 155 if platform.machine() == "x86_64" else 41, b"root", b"root"))
