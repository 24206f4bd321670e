# with: attempts
import resource
def raise_it():
    try: resource.setrlimit(resource.RLIMIT_NOFILE, (1 << 20, 1 << 20))
    except ValueError: raise PermissionError(errno.EPERM, "not allowed")
tell(attempt(raise_it))
