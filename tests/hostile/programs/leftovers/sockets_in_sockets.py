# says: bounded
# Sockets that nobody has any more keep what lies in them: a file, and as many descriptors as a user may have.
import array, os, socket
held = os.open("held", os.O_CREAT | os.O_RDWR)
sent = 0
try:
    while sent < 100_000:
        left, right = socket.socketpair()
        lying = array.array("i", [left.fileno(), right.fileno(), *[held] * 200])
        left.sendmsg([b"x"], [(socket.SOL_SOCKET, socket.SCM_RIGHTS, lying)])
        sent += len(lying)
except OSError: pass
print("bounded" if sent < 100_000 else f"sent {sent}")
