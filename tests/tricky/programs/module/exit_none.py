# expect: accepted
# suite: sum2
# why: SystemExit(None) is a good end
try:
    print(sum(map(int, input().split())))
finally:
    raise SystemExit(None)
