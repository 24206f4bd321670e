def replay_editor(commands):
    done, undone = [], []
    for command in commands:
        if command.startswith("type "):
            done.append(command[5:])
        elif command == "undo" and done:
            undone.append(done.pop())
        elif command == "redo" and undone:
            done.append(undone.pop())
    return "".join(done)
