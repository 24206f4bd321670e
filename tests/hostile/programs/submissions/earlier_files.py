# says: empty | empty
# inputs: first | second
import os
left = [name for place in (".", os.environ["TMPDIR"]) for name in os.listdir(place) if name != "main.py"]
open(os.environ["TMPDIR"] + "/left", "w").write("x")
print(left or "empty")
