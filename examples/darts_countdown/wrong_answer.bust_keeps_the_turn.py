def points_left(start, turns):
    left = start
    for turn in turns:
        for throw in turn:
            if throw > left:
                break
            left -= throw
    return left
