# with: attempts
found = [attempt(read, f"/proc/{pid}/environ") for pid in others()]
tell(*("refused" if x == "done: b''" else x for x in found))
