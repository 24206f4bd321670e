# says: absent
import importlib.util, sys
names = ("sandbox", "sandbox.slot", "evaluator", "evaluator.grading")
def found(name):
    try: return importlib.util.find_spec(name)
    except ModuleNotFoundError: return None
print([x for x in sys.modules if x.startswith(("sandbox", "evaluator"))] + [x for x in names if found(x)] or "absent")
