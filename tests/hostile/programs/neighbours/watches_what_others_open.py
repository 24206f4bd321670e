# with: attempts
# Watches tell which files are opened, and each user may have few of them.
import fcntl
F_NOTIFY, F_GETDELEG, F_SETDELEG, DN_ACCESS = 1026, 1039, 1040, 1
directory = os.open(os.path.dirname(os.__file__), os.O_RDONLY)
def delegate(command):
    try: return fcntl.fcntl(directory, command, bytes(16))
    except OSError as error: raise PermissionError(errno.EPERM, "no such command") if error.errno == errno.EINVAL else error
tell(attempt(call, "inotify_init1", 0), attempt(fcntl.fcntl, directory, F_NOTIFY, DN_ACCESS),
    *(attempt(delegate, command) for command in (F_GETDELEG, F_SETDELEG)))
