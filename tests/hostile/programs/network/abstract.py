# with: attempts
import socket
def connect(name): socket.socket(socket.AF_UNIX).connect(name)
def bind(): socket.socket(socket.AF_UNIX).bind("\0@half@")
tell(attempt(connect, "\0@abstract@"), attempt(bind))
