"""Builds the zygote's helper in C. Without a compiler, or Python's headers, the package works without it.

``MICROCODER_WHEEL`` may say which wheel is wanted: ``helper`` fails where it cannot be built, ``pure`` leaves it out.
"""

from __future__ import annotations

import os
import shlex
import subprocess
import sysconfig
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

_FLAGS = ("-O2", "-Wall", "-Wextra", "-Wno-unused-parameter", "-fPIC", "-fvisibility=hidden", "-shared")


class Native(BuildHookInterface[Any]):
    """For wheels, editable ones among them."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Called before the wheel's files are gathered."""
        kind = os.environ.get("MICROCODER_WHEEL")
        if kind == "pure":
            return
        folder = Path(self.root, "sandbox", "zygote")
        library = folder / "_native.abi3.so"
        library.unlink(missing_ok=True)
        compiler = shlex.split(os.environ.get("CC") or sysconfig.get_config_var("CC") or "cc")[:1]
        include = f"-I{sysconfig.get_path('include')}"
        sources = sorted(map(str, folder.glob("*.c")))
        try:
            subprocess.run([*compiler, *_FLAGS, include, *sources, "-o", str(library)], check=True)
        except (OSError, subprocess.CalledProcessError) as error:
            if kind == "helper":
                raise
            self.app.display_warning(f"built without the helper in C, so programs start more slowly: {error}")
            return
        platform = sysconfig.get_platform().replace("-", "_").replace(".", "_")
        build_data["artifacts"].append("/sandbox/zygote/_native.abi3.so")
        build_data.update(pure_python=False, tag=f"cp311-abi3-{platform}")
