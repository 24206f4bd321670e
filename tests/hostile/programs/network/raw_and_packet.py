# with: attempts
import socket
tell(attempt(socket.socket, socket.AF_INET, socket.SOCK_RAW, 1), attempt(socket.socket, socket.AF_PACKET, socket.SOCK_RAW, 3), attempt(socket.socket, socket.AF_NETLINK, socket.SOCK_RAW, 0))
