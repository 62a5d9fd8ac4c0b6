"""The script that draws the charts: Vega, Vega-Lite and Vega-Embed, out of the package vl-convert-python.

vl-convert takes seconds to write the script out, so it does so once for each installation.
"""

from __future__ import annotations

import gzip
import sys
from base64 import b64decode, b64encode
from contextlib import suppress
from functools import cache
from importlib.metadata import version
from pathlib import Path

from tasks.config.home import home
from tasks.record.parquet_file import write_bytes

_PACKAGE = "vl-convert-python"


@cache
def vega_script() -> str:
    """Return the script, compressed by gzip and as base64: it is then less than half as long."""
    folders = (Path(sys.prefix) / "share" / "servegauge", home() / "scripts")
    name = f"vega-{version(_PACKAGE)}.js.gz.b64"
    for folder in folders:
        with suppress(OSError):
            return (folder / name).read_text(encoding="ascii")
    script = _write_out()
    for folder in folders:
        with suppress(OSError):  # a folder of the system; without any, the next process writes it out again
            write_bytes(script.encode("ascii"), folder / name)
            break
    return script


def write_script_file(folder: Path) -> str:
    """Write the script into a folder as a file that its pages share; return the file's name.

    The name has the script's version: pages that an earlier version wrote keep theirs.

    Raises:
        OSError: the file cannot be written.
    """
    name = f"vega-{version(_PACKAGE)}.js"
    if not (folder / name).exists():
        write_bytes(gzip.decompress(b64decode(vega_script())), folder / name)
    return name


def _write_out() -> str:
    import vl_convert

    script = vl_convert.javascript_bundle("window.vegaEmbed = vegaEmbed;")
    return b64encode(gzip.compress(script.encode(), mtime=0)).decode("ascii")


if __name__ == "__main__":
    vega_script()
