# says: its own
# A user's descriptors in flight count for all of that user's processes: where programs share one, none may send any.
import array, errno, os, socket
left, right = socket.socketpair()
left.setblocking(False)
sent, number = 0, 0
try:
    while sent < 5_000:
        left.sendmsg([b"x"], [(socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array("i", [0] * 250))])
        sent += 250
except OSError as error: number = error.errno
shared = number == errno.EPERM and sent == 0
bounded = number in (errno.ETOOMANYREFS, errno.EAGAIN)
left.close(); right.close()
print("its own" if shared or bounded else f"sent {sent}, then {errno.errorcode.get(number)}")
