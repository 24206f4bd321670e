# expect: accepted
# suite: sum2
# why: newer grammar
match input().split():
    case [a, b] if (total := int(a) + int(b)) is not None:
        print(total)
