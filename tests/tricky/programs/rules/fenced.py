# expect: compile_error
# suite: sum2
# why: the fence of a model's answer left in the source
```python
print(sum(map(int, input().split())))
```
