# says: nothing
import gc, sys
mark = "@half@"
seen = [x for x in gc.get_objects() if isinstance(x, (list, tuple, dict)) and x is not globals() and any(isinstance(y, (str, bytes)) and len(y) > 31 and (mark.encode() if isinstance(y, bytes) else mark) in y for y in (x.values() if isinstance(x, dict) else x))]
print("nothing" if len(seen) <= 1 else seen)
