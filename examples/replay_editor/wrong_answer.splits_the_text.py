def replay_editor(commands):
    done, undone = [], []
    for command in commands:
        action, *words = command.split()
        if action == "type":
            done.append(" ".join(words))
            undone = []
        elif action == "undo" and done:
            undone.append(done.pop())
        elif action == "redo" and undone:
            done.append(undone.pop())
    return "".join(done)
