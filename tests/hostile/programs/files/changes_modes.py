# with: attempts
# in container-user: wrong_answer - Landlock has no rights for modes, and without root the program has the service's user id
tell(attempt(os.chmod, "@file@", 0o666), attempt(os.chown, "@dir@", 12345, 12345))
