# with: attempts
# In a user namespace that has no root the id does not exist, which is another error.
_REFUSALS.add(errno.EINVAL)
tell(attempt(os.setuid, 0), attempt(os.setresuid, 0, 0, 0), attempt(os.setgid, 0), attempt(os.setgroups, [0]), attempt(os.seteuid, 0), attempt(os.setregid, 0, 0))
