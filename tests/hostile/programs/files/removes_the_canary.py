# with: attempts
tell(attempt(os.unlink, "@file@"), attempt(os.rename, "@file@", "@dir@/gone"), attempt(os.rename, "@file@", "here"))
