from collections import deque


def fewest_presses(size: int, step: int, start: int, goal: int) -> int:
    presses = {start: 0}
    queue = deque([start])
    while queue:
        number = queue.popleft()
        if number == goal:
            return presses[number]
        for following in (number * 2 % size, (number + step) % size):
            if following not in presses:
                presses[following] = presses[number] + 1
                queue.append(following)
    return -1


print(fewest_presses(*map(int, input().split())))
