# with: attempts
# A socket of an allowed pair might be bound, or sent from, to a name.
import socket
left, right = socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM)
def send(): left.sendto(b"hostile", "\0@abstract@")
outcomes = [attempt(send), attempt(left.connect, "\0@abstract@"), attempt(right.sendto, b"x", "/run/systemd/notify")]
tell(*(x.replace("failed: ECONNREFUSED", "refused").replace("failed: EPROTOTYPE", "refused").split(" ")[0] for x in outcomes))
