class Solution:
    def numberOutline(self, lines):
        counters = []
        result = []
        for line in lines:
            level = line.count("-")
            title = line.lstrip("- ")
            counters = (counters + [0] * level)[:level]
            counters[-1] += 1
            result.append(".".join(map(str, counters)) + " " + title)
        return result
