from collections import defaultdict


class Solution:
    def numberOutline(self, lines):
        counters = defaultdict(int)
        result = []
        for line in lines:
            hyphens, title = line.split(" ", 1)
            level = len(hyphens)
            counters[level] += 1
            result.append(".".join(str(counters[i]) for i in range(1, level + 1)) + " " + title)
        return result
