print(nothing.more)
