import datetime


def friday_thirteenths(year):
    months = []
    for month in range(1, 12):
        if datetime.date(year, month, 13).weekday() == 4:
            months.append(month)
    return months
