# says: clean | clean
# inputs: first | second
# A test that poisons the warm interpreter poisons only its own copy.
import builtins, json, sys
print("clean" if not hasattr(builtins, "spoilt") and "spoilt" not in sys.modules and json.dumps(1) == "1" else "spoilt")
builtins.spoilt, sys.modules["spoilt"], json.dumps = 1, sys, lambda x: "2"
