# with: attempts
# says: uid unchanged
import shutil, subprocess
shutil.copy("/usr/bin/id", "id")
attempt(os.chmod, "id", 0o6755)
said = subprocess.run(["./id", "-u"], capture_output=True, text=True).stdout.strip()
print("uid unchanged" if said == str(os.getuid()) and os.geteuid() == os.getuid() else said)
