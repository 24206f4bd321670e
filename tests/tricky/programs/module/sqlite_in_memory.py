# expect: accepted
# suite: sum2
# why: a database in memory
import sqlite3

with sqlite3.connect(":memory:") as base:
    print(base.execute("select ? + ?", tuple(map(int, input().split()))).fetchone()[0])
