def points_left(start, turns):
    for turn in turns:
        if sum(turn) <= start:
            start -= sum(turn)
    return start
