import datetime


def friday_thirteenths(year):
    return [month + 1 for month in range(13) if datetime.date(year, month, 13).weekday() == 4]
