class Solution:
    def numberOutline(self, lines):
        counters = [0, 0, 0]
        result = []
        for line in lines:
            hyphens, title = line.split(" ", 1)
            level = len(hyphens)
            counters[level - 1] += 1
            for deeper in range(level, 3):
                counters[deeper] = 0
            result.append(".".join(map(str, counters[:level])) + " " + title)
        return result
