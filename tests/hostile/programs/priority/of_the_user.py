# with: attempts
# All processes of a user at once; as a plain user that could be the service.
attempt(os.setpriority, os.PRIO_USER, 0, 19)
attempt(os.setpriority, os.PRIO_USER, os.getuid(), 19)
print("refused")  # the host's state tells whether it was
