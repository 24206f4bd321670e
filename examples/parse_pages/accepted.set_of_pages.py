def parse_pages(spec: str) -> list[int]:
    pages: set[int] = set()
    for piece in spec.split(","):
        if piece.strip():
            ends = [int(end) for end in piece.split("-")]
            pages.update(range(min(ends), max(ends) + 1))
    return sorted(pages)
