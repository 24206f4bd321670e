# with: attempts
def others():
    found = set(os.listdir("@data@")) - {"prepared", "runtime"}  # what compilers and interpreters are shown of it
    return found or os.listdir("@data@/nothing")


tell(attempt(others), attempt(os.listdir, "@data@/compiled"), attempt(write, "@data@/compiled/x", b"", os.O_CREAT | os.O_WRONLY))
