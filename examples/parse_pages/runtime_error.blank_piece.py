def parse_pages(spec):
    pages = set()
    for piece in spec.split(","):
        ends = sorted(int(end) for end in piece.split("-"))
        pages.update(range(ends[0], ends[-1] + 1))
    return sorted(pages)
