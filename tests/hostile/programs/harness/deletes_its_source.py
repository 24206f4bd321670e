# says: refused
import os
os.unlink(__file__)
os.rmdir(os.getcwd()) if not os.listdir(".") and os.access("..", os.W_OK) else None
print("refused")
