def points_left(start: int, turns: list[list[int]]) -> int:
    left = start
    for turn in turns:
        before = left
        for throw in turn:
            left -= throw
            if left == 0:
                return 0
            if left < 0:
                left = before
                break
    return left
