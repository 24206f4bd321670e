# says: bounded
import threading
gate, made = threading.Event(), 0
try:
    for made in range(1000): threading.Thread(target=gate.wait, daemon=True).start()
except RuntimeError: pass
print("bounded" if made < 17 else f"made {made}")
