def parse_pages(spec):
    pages = set()
    for piece in spec.split(","):
        piece = piece.strip()
        if not piece:
            continue
        if "-" in piece:
            first, last = map(int, piece.split("-"))
            pages |= set(range(first, last + 1))
        else:
            pages.add(int(piece))
    return sorted(pages)
