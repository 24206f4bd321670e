# with: attempts
tell(attempt(read, "@file@"), attempt(os.listdir, "@dir@"), attempt(read, "@dir@/../" + os.path.basename("@dir@") + "/canary"))
