# with: attempts
# in landlock: wrong_answer - Landlock has no rights for times; a file that all may write lets all touch it
tell(attempt(os.utime, "@file@"))
