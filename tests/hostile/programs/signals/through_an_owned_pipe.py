# with: attempts
# says: owned
# F_SETOWN lets the kernel send a signal to another process, when the pipe becomes readable.
import fcntl
reading, writing = os.pipe()
attempt(fcntl.fcntl, reading, fcntl.F_SETOWN, RUNNER)
attempt(fcntl.fcntl, reading, 10, int(signal.SIGKILL))
fcntl.fcntl(reading, fcntl.F_SETFL, os.O_ASYNC | os.O_NONBLOCK)
os.write(writing, b"x")
print("owned")
