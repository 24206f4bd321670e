# expect: accepted
# suite: sum2
# why: line ends of another system
a, b = map(int, input().split())
if a == a:
    print(a + b)
