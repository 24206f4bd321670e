from datetime import date

FRIDAY = 4


def friday_thirteenths(year: int) -> list[int]:
    return [month for month in range(1, 13) if date(year, month, 13).weekday() == FRIDAY]
