def replay_editor(commands):
    done, undone = [], []
    for command in commands:
        if command == "undo":
        undone.append(done.pop())
        elif command == "redo":
            done.append(undone.pop())
        else:
            done.append(command[5:])
            undone = []
    return "".join(done)
