# with: attempts
# Filters of sockets are compiled into a store that all users share; without room in it no jail gets its own filter.
import socket, struct
left, right = socket.socketpair()
code = struct.pack("HBBI", 6, 0, 0, 0xFFFF)
text = ctypes.create_string_buffer(code)
filter = struct.pack("HxxxxxxP", 1, ctypes.addressof(text))
tell(*(attempt(left.setsockopt, socket.SOL_SOCKET, option, filter) for option in (26, 50, 51, 52)))
