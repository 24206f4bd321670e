# with: attempts
# Whoever opens a file under a lease waits for its holder, for 45 seconds by default.
import fcntl
F_SETLEASE = 1024
def lease(path, kind): return fcntl.fcntl(os.open(path, os.O_RDONLY), F_SETLEASE, kind)
open("own", "w").close()
paths = ("own", os.__file__, sys.executable)
tell(*(attempt(lease, path, kind) for path in paths for kind in (fcntl.F_WRLCK, fcntl.F_RDLCK)))
