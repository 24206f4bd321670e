# not in process: the process tier does not keep programs from files that all may write or open
# says: clean | clean
# inputs: first | second
import os
places = [".", "..", "/", "/tmp", "/var/tmp", "/dev/shm", "/run", "/run/lock", "/var/lock", os.environ["HOME"], os.environ["TMPDIR"], "/etc", "/usr/local"]
print("found" if any(os.path.lexists(f"{place}/@half@") for place in places) else "clean")
for place in places:
    try: open(f"{place}/@half@", "w").close()
    except OSError: pass
