"""Reading of data sets' files: JSON lines, JSON and Parquet, compressed or not, with one record in memory at a time."""

from __future__ import annotations

import gzip
import io
import json
import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import IO, Any

from trainer_client.dataset.files import RunError
from trainer_client.dataset.row import write_canonical

_SKIP_BYTES = 1 << 20
_BLOCK_BYTES = 1 << 16
_BATCH_ROWS = 16
SUFFIXES = (".jsonl", ".jsonl.gz", ".jsonl.zst", ".json", ".json.gz", ".json.zst", ".parquet")


class BadSource(RunError):
    """A source cannot be read; the message names the file and the row. Earlier rows are kept."""


@dataclass(frozen=True, slots=True)
class Record:
    """A record and its place in a file. ``content`` is None if its ``size`` in bytes exceeds the limit."""

    where: str
    digest: str
    size: int
    content: Callable[[], Mapping[str, Any]] | None


def records(file: Path, row_bytes: int) -> Iterator[Record]:
    """Yield the records of a file.

    Raises:
        BadSource: it is cut, damaged, or of no known kind.
    """
    stem = file.name.removesuffix(".gz").removesuffix(".zst")
    if file.suffix == ".parquet":
        yield from _of_parquet(file, row_bytes)
    elif stem.endswith(".jsonl"):
        yield from _of_lines(file, row_bytes)
    elif stem.endswith(".json"):
        yield from _of_json(file, row_bytes)
    else:
        raise BadSource(f"{file}: not a known kind of file; known are {', '.join(SUFFIXES)}")


def files_of(paths: Sequence[Path]) -> list[Path]:
    """Return the files among paths, and the files of known kinds in folders among them, sorted.

    Raises:
        BadSource: a path does not exist, or a folder has no such file.
    """
    files: list[Path] = []
    for path in paths:
        if path.is_dir():
            inside = sorted(each for each in path.iterdir() if each.name.endswith(SUFFIXES))
            if not inside:
                raise BadSource(f"{path}: has no file of {', '.join(SUFFIXES)}")
            files += inside
        elif path.exists():
            files.append(path)
        else:
            raise BadSource(f"{path}: does not exist")
    return files


def _of_lines(file: Path, row_bytes: int) -> Iterator[Record]:
    number = 0
    with _opened(file) as lines:
        while True:
            number += 1
            where = f"{file}:{number}"
            try:
                line = lines.readline(row_bytes + 1)
                if not line:
                    return
                extra = _skip_line(lines) if len(line) > row_bytes and not line.endswith(b"\n") else 0
            except (EOFError, OSError, zlib.error) as error:
                raise BadSource(
                    f"{where}: the file is cut or damaged here ({error}); the {number - 1} rows before it are "
                    "collected. Replace the file and run again"
                ) from error
            if not line.strip():
                continue
            if extra or len(line) > row_bytes:
                yield Record(where, sha256(where.encode()).hexdigest(), len(line) + extra, None)
            else:
                yield Record(where, sha256(line).hexdigest(), len(line), _parser(line, where))


def _skip_line(lines: IO[bytes]) -> int:
    """Skip the rest of a line, and return its size in bytes."""
    size = 0
    while block := lines.readline(_SKIP_BYTES):
        size += len(block)
        if block.endswith(b"\n"):
            break
    return size


def _parser(line: bytes, where: str) -> Callable[[], Mapping[str, Any]]:
    def content() -> Mapping[str, Any]:
        return _mapping(_json(line, where), where)

    return content


def _of_json(file: Path, row_bytes: int) -> Iterator[Record]:
    try:
        with _opened(file) as whole:
            data = whole.read(row_bytes + 1)
    except (EOFError, OSError, zlib.error) as error:
        raise BadSource(f"{file}: the file is cut or damaged ({error}); replace it and run again") from error
    if len(data) > row_bytes:
        raise BadSource(f"{file}: larger than collect.row_mb; convert it to JSON lines, which are read row by row")
    value = _json(data, str(file))
    for number, each in enumerate(value if isinstance(value, list) else [value], 1):
        where = f"{file}:{number}" if isinstance(value, list) else str(file)
        yield _record(where, _mapping(each, where), row_bytes)


def _of_parquet(file: Path, row_bytes: int) -> Iterator[Record]:
    import pyarrow as pa
    import pyarrow.parquet as pq

    number = 0
    try:
        with pq.ParquetFile(file) as parquet:
            for batch in parquet.iter_batches(batch_size=_BATCH_ROWS):
                for row in range(batch.num_rows):
                    number += 1
                    [content] = batch.slice(row, 1).to_pylist()
                    yield _record(f"{file}:{number}", content, row_bytes)
    except (pa.ArrowException, OSError) as error:
        raise BadSource(
            f"{file}:{number + 1}: cannot be read as Parquet from here ({error}); the {number} rows before it are "
            "collected. Replace the file and run again"
        ) from error


def _record(where: str, content: Mapping[str, Any], row_bytes: int) -> Record:
    data = write_canonical(json.loads(json.dumps(content, default=str)))
    known = (lambda: content) if len(data) <= row_bytes else None
    return Record(where, sha256(data).hexdigest(), len(data), known)


def _opened(file: Path) -> IO[bytes]:
    if file.suffix == ".gz":
        return io.BufferedReader(gzip.open(file, "rb"))
    if file.suffix == ".zst":
        return io.BufferedReader(_ZstdFile(file))
    return file.open("rb")


class _ZstdFile(io.RawIOBase):
    """A Zstandard file of one or several frames. Unlike the library's own reader, it reports a missing end."""

    def __init__(self, file: Path) -> None:
        import zstandard

        self._library = zstandard
        self._file = file.open("rb")
        self._frame = zstandard.ZstdDecompressor().decompressobj()
        self._at_start = True
        self._rest = memoryview(b"")

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        """Read into a buffer, as ``RawIOBase`` says.

        Raises:
            EOFError: the file was cut.
            OSError: it is damaged.
        """
        while not self._rest:
            data = self._frame.unused_data if self._frame.eof else b""
            data = data or self._file.read(_BLOCK_BYTES)
            if not data:
                if not (self._frame.eof or self._at_start):
                    raise EOFError("compressed file ended before its end marker")
                return 0
            if self._frame.eof:
                self._frame = self._library.ZstdDecompressor().decompressobj()
            self._at_start = False
            try:
                self._rest = memoryview(self._frame.decompress(data))
            except self._library.ZstdError as error:
                raise OSError(str(error)) from error
        size = min(len(buffer), len(self._rest))
        buffer[:size], self._rest = self._rest[:size], self._rest[size:]
        return size

    def close(self) -> None:
        self._file.close()
        super().close()


def _json(data: bytes, where: str) -> Any:
    try:
        return json.loads(data.decode("utf-8-sig"))
    except (ValueError, RecursionError) as error:
        raise BadSource(f"{where}: not JSON: {error}") from error


def _mapping(value: Any, where: str) -> Mapping[str, Any]:
    if not isinstance(value, dict):
        raise BadSource(f"{where}: a row must be an object, not {type(value).__name__}")
    return value
