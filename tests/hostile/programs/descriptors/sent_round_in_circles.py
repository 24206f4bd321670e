# says: bounded
# Descriptors in flight in a socket are counted by no process.
import array, os, socket
left, right = socket.socketpair()
for end in (left, right): end.setblocking(False)
sent = 0
try:
    while sent < 100_000:
        left.sendmsg([b"x"], [(socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array("i", [0] * 250))])
        sent += 250
except OSError: pass
print("bounded" if sent < 100_000 else f"sent {sent}")
