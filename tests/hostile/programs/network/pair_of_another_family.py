# with: attempts
import socket
tell(*(attempt(socket.socketpair, family, socket.SOCK_STREAM) for family in (2, 10, 16, 17, 30, 40)))
