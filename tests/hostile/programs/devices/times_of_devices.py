# with: attempts
# in landlock: wrong_answer - Landlock has no rights for times; a device that all may write lets all touch it
# in process: wrong_answer - the device is the host's
# What a program after this one could read there.
tell(*(attempt(os.utime, f"/dev/{name}") for name in ("null", "zero", "full", "random", "urandom")))
