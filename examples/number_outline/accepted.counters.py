class Solution:
    def numberOutline(self, lines: list[str]) -> list[str]:
        counters: list[int] = []
        numbered = []
        for line in lines:
            hyphens, title = line.split(" ", 1)
            level = len(hyphens)
            del counters[level:]
            if len(counters) < level:
                counters.append(0)
            counters[-1] += 1
            numbered.append(f"{'.'.join(map(str, counters))} {title}")
        return numbered
