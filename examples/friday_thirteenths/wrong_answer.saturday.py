import datetime


def friday_thirteenths(year):
    return [month for month in range(1, 13) if datetime.date(year, month, 13).weekday() == 5]
