# with: attempts
# says: refused
def queue(): return library("mq_open", b"/@half@", os.O_CREAT | os.O_RDWR, 0o666, None)
try: tell(attempt(queue), attempt(library, "mq_unlink", b"/@half@"))
except AttributeError: print("refused")
