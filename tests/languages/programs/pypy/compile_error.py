print("before the fault")
def broken(:
    pass
