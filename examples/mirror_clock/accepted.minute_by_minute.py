def minutes_to_mirror(clock: str) -> int:
    hours, minutes = map(int, clock.split(":"))
    now = 60 * hours + minutes
    return next(wait for wait in range(24 * 60) if _is_mirror((now + wait) % (24 * 60)))


def _is_mirror(minute_of_day: int) -> bool:
    hours, minutes = divmod(minute_of_day, 60)
    return f"{hours:02}" == f"{minutes:02}"[::-1]
