def parse_pages(spec):
    pages = set()
    for piece in spec.split(","):
        if piece.strip():
            ends = sorted(int(end) for end in piece.split("-"))
            pages.update(str(page) for page in range(ends[0], ends[-1] + 1))
    return [int(page) for page in sorted(pages)]
