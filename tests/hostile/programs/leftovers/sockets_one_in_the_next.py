# says: 1 | 1 | 1
# inputs: first | second | third
# The kernel takes milliseconds to close each of these when nobody has them any more, and a second for all.
import array, os, socket
def send(end, *numbers): end.sendmsg([b"x"], [(socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array("i", numbers))])
print(len(os.listdir(".")), flush=True)
inner = os.open("held", os.O_CREAT | os.O_RDWR)
try:
    for _ in range(120):
        left, right = socket.socketpair()
        send(left, inner)
        left.close()
        os.close(inner)
        inner = right.detach()
    left, right = socket.socketpair()
    send(left, inner, left.fileno(), right.fileno())
except OSError: pass
