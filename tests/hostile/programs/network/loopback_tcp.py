# with: attempts
import socket
tell(attempt(socket.create_connection, ("127.0.0.1", @port@), 1), attempt(socket.create_server, ("127.0.0.1", 0)))
