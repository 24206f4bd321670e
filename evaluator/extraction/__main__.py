"""``python -m evaluator.extraction LANGUAGE``: read an answer from stdin, write its program as JSON, or null."""

from __future__ import annotations

import json
import sys

from evaluator.confinement import OUT_OF_MEMORY, confine
from evaluator.extraction import extract
from evaluator.extraction.bounded import BOUNDS


def main() -> None:
    confine(BOUNDS)
    try:
        response = sys.stdin.buffer.read().decode("utf-8", "surrogatepass")
        result = json.dumps(extract(response, sys.argv[1]))
    except MemoryError:
        sys.exit(OUT_OF_MEMORY)
    sys.stdout.write(result)


if __name__ == "__main__":
    main()
