# says: clean | clean
# inputs: first | second
# Clearing up must not follow links to where it has more rights than the program.
import os, shutil
print("clean" if os.listdir(".") == ["main.py"] else "found")
for name in ("main.py", "../tmp/x"):
    try: os.path.lexists(name) and os.unlink(name); os.symlink("@file@" if name == "main.py" else "@dir@", name)
    except OSError: pass
