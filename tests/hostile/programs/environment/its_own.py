# says: clean
import os
print("clean" if "@half@" not in repr(dict(os.environ)) and not [x for x in os.environ if "SECRET" in x or "MICROCODER" in x] else "secret")
