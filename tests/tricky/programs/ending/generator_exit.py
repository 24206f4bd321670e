# expect: runtime_error
# suite: sum2
# why: GeneratorExit and KeyboardInterrupt are errors at the top
print(sum(map(int, input().split())))
raise KeyboardInterrupt
