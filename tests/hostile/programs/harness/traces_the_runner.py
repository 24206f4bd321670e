# verdict: runtime_error
# in namespaces-without-helper: wrong_answer - without the helper in C frames of ours lie below the script's
import sys, threading
def spoil(frame, event, argument):
    frame.f_locals.clear() if hasattr(frame.f_locals, "clear") and frame.f_back is None else None
    return spoil
sys.settrace(spoil); sys.setprofile(spoil); threading.settrace(spoil)
sys.exit()
