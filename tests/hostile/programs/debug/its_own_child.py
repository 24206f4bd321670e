# with: attempts
child = os.fork()
if child == 0: os.read(os.pipe()[0], 1)
tell(attempt(library, "ptrace", 16, child, 0, 0))
