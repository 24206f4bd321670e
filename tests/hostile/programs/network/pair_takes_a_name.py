# with: attempts
# An end of an allowed pair might take a name in a name space that others see.
import socket
left, right = socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM)
tell(attempt(left.bind, "\0@half@"), attempt(left.bind, "own"), attempt(left.connect, "\0@abstract@"), attempt(left.listen),
    attempt(left.accept), attempt(left.sendto, b"hostile", "\0@abstract@"), attempt(left.sendto, b"hostile", "@dir@/named"))
