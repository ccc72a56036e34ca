"""Compiles the native codec into wheels and editable installations, where there is a compiler.

The extension is optional: without a compiler, or with ``TORQ_GEN_NATIVE=no``, the distribution is
pure Python and works as well, only slower. ``TORQ_GEN_NATIVE=required`` makes a failure an error.
Run as a script it compiles into the source tree.
"""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

VARIABLE = "TORQ_GEN_NATIVE"
MODULE = "mycelium._native._codec"
SOURCES = Path("runtime", "mycelium", "_native")

_UNIX_FLAGS = ["-O3", "-g0", "-fvisibility=hidden"]


class NativeBuild(BuildHookInterface[Any]):
    """Adds the compiled extension to what is built, or says why there is none."""

    PLUGIN_NAME = "custom"

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Called by hatchling before it collects files; ``version`` may be ``editable``."""
        wanted = os.environ.get(VARIABLE, "auto")
        if wanted not in ("auto", "no", "required"):
            raise ValueError(f"{VARIABLE}: expected auto, no or required, found {wanted!r}")
        if self.target_name != "wheel" or wanted == "no":
            return
        root = Path(self.root)
        folder = root / SOURCES if version == "editable" else Path(tempfile.mkdtemp())
        try:
            extension = compiled(root, folder)
        except (Exception, SystemExit) as error:  # compilers fail in every way
            if wanted == "required":
                raise
            self.app.display_warning(f"the native codec is not built, the pure one serves: {error}")
            return
        build_data["pure_python"] = False
        build_data["infer_tag"] = True
        if version != "editable":
            build_data["force_include"][str(extension)] = f"mycelium/_native/{extension.name}"


def compiled(root: Path, folder: Path) -> Path:
    """Compiles the extension into a folder; its path there.

    Raises:
        ImportError: setuptools, which knows the platforms' compilers, is not installed
        Exception: whatever the compiler's absence or failure raises
    """
    from setuptools import Distribution, Extension
    from setuptools.command.build_ext import build_ext

    sources = sorted(str(path.relative_to(root)) for path in (root / SOURCES).glob("*.c"))
    flags = [] if sys.platform == "win32" else _UNIX_FLAGS
    extension = Extension(MODULE, sources, extra_compile_args=flags)
    command = build_ext(Distribution({"name": "torq-gen", "ext_modules": [extension]}))
    before = Path.cwd()
    with tempfile.TemporaryDirectory() as scratch:
        command.build_lib = command.build_temp = scratch
        command.ensure_finalized()
        os.chdir(root)  # distutils writes objects by the sources' relative paths
        try:
            command.run()
        finally:
            os.chdir(before)
        made = Path(command.get_ext_fullpath(MODULE))
        # a new file in the old one's place: a process that has it loaded keeps the old one
        new = folder / f"{made.name}.new"
        shutil.copyfile(made, new)
        return new.replace(folder / made.name)


if __name__ == "__main__":
    here = Path(__file__).resolve().parent
    print(compiled(here, here / SOURCES).relative_to(here))
