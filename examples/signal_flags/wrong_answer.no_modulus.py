n = int(input())
red, white, blue = 1, 1, 1
for _ in range(min(n, 2000) - 1):
    red, white, blue = white + blue, red + white + blue, red + blue
print(red + white + blue)
