"""Data sets by name: from an installed package, another tool's cache, or the hub. We ship none."""

from __future__ import annotations

import importlib.util
import os
import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from trainer_client.benchmarks.task import BadFile

_CONVERTED = "refs/convert/parquet"
"""The branch in which the hub keeps every data set as Parquet, in folders of its configurations and splits."""


@dataclass(frozen=True, slots=True)
class BenchmarkSource:
    """An entry of ``catalogue.toml``, which says what the fields are."""

    name: str
    title: str
    hub: str
    config: str = "default"
    split: str = "test"
    files: tuple[str, ...] = ()
    package: str | None = None
    file: str = ""
    cache: str | None = None

    def find(self) -> list[Path]:
        """Return the data set's files, loaded from the hub where no package and no cache has them.

        Raises:
            BadFile: they cannot be had.
        """
        return self._in_package() or self._in_cache() or self._of_hub()

    def _in_package(self) -> list[Path]:
        spec = importlib.util.find_spec(self.package) if self.package else None
        paths = [Path(folder) / self.file for folder in (spec.submodule_search_locations or ())] if spec else []
        return [path for path in paths if path.is_file()][:1]

    def _in_cache(self) -> list[Path]:
        folder = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
        return sorted(folder.glob(self.cache))[-1:] if self.cache else []

    def _of_hub(self) -> list[Path]:
        hint = f"load the file yourself and name it: --data FILE (docs/benchmark-files.md says where {self.title} is)"
        try:
            from huggingface_hub import snapshot_download
        except ModuleNotFoundError as error:
            raise BadFile(
                f"{self.title} is in no installed package, and loading {self.hub} from the hub takes two: "
                f"pip install huggingface_hub pyarrow; or {hint}"
            ) from error
        patterns = list(self.files) or [f"{self.config}/{self.split}/*.parquet"]
        revision = None if self.files else _CONVERTED
        try:
            folder = Path(snapshot_download(self.hub, repo_type="dataset", revision=revision, allow_patterns=patterns))
        except Exception as error:  # the library's errors have no common class, those of its HTTP client among them
            why = f"{type(error).__name__}: {error}"
            raise BadFile(f"{self.hub} cannot be loaded from the hub ({why}); {hint}") from error
        files = [path for pattern in patterns for path in sorted(folder.glob(pattern))]
        if not files:
            raise BadFile(f"{self.hub} has no {', '.join(patterns)} on the hub any more; {hint}")
        return files


@cache
def sources() -> dict[str, BenchmarkSource]:
    """The data sets that are known by name."""
    table = tomllib.loads(Path(__file__).with_suffix(".toml").read_text(encoding="utf-8"))
    return {
        name: BenchmarkSource(name, **{**entry, "files": tuple(entry.get("files", ()))})
        for name, entry in table.items()
    }
