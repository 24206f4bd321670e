# with: attempts
# says: refused
# A full pipe must not block the judge, nor one that the program reads from itself.
import fcntl
attempt(fcntl.fcntl, 1, 1031, 1 << 30)
reading = os.open("/proc/self/fd/1", os.O_RDONLY | os.O_NONBLOCK)
tell("refused")
