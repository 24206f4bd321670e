def replay_editor(commands: list[str]) -> str:
    done: list[str] = []
    undone: list[str] = []
    for command in commands:
        if command == "undo":
            if done:
                undone.append(done.pop())
        elif command == "redo":
            if undone:
                done.append(undone.pop())
        else:
            done.append(command.removeprefix("type "))
            undone.clear()
    return "".join(done)
