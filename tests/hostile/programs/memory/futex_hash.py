# with: attempts
# A table for futexes of 256 MiB, which the kernel makes for whoever asks (6.16) and no process's account shows.
PR_FUTEX_HASH, SET_SLOTS, SLOTS = 78, 1, 1 << 22

try:
    library("prctl", PR_FUTEX_HASH, SET_SLOTS, SLOTS, 0, 0)
    print("done")
except OSError as error:
    print("refused" if error.errno == errno.EINVAL else f"failed: {error}")
