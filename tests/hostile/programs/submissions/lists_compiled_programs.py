# with: attempts
tell(attempt(os.listdir, "@data@"), attempt(os.listdir, "@data@/compiled"), attempt(write, "@data@/compiled/x", b"", os.O_CREAT | os.O_WRONLY))
