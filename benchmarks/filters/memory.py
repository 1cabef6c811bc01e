"""The most memory that filtering a file takes, against what its pixels take."""

import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from benchmarks.filters.pictures import SIZES, photo

SPECS = ("median radius=2", "convolution kernel=sharpen result=same", "sobel output=magnitude")


def measure(size: str) -> list[dict[str, Any]]:
    """A row for each filter, each in a process of its own, through the command line."""
    from studio.image.picture import Picture
    from studio.image.write import write_picture

    rows = []
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder) / "picture.png"
        picture = photo(*SIZES[size])
        write_picture(Picture(picture, name="picture"), source)
        decoded = picture.nbytes / 2**20
        del picture
        for spec in SPECS:
            target = Path(folder) / ("out.tiff" if "sobel" in spec else "out.png")
            # Not getrusage: what it says of a child begins with the memory of its parent.
            code = (
                "import sys; from studio.__main__ import main\n"
                "status = main()\n"
                "most = open('/proc/self/status').read().split('VmHWM:')[1].split()[0]\n"
                "print('MOST', most, file=sys.stderr); sys.exit(status)"
            )
            command = [sys.executable, "-c", code, "filter", str(source), "--apply", spec]
            done = subprocess.run(
                [*command, "-o", str(target)],
                capture_output=True,
                text=True,
                check=True,
                env=os.environ | {"QT_QPA_PLATFORM": "offscreen"},
            )
            most = int(done.stderr.split("MOST")[1].split()[0]) / 1024
            row = {
                "picture": size,
                "filter": spec,
                "decoded_mb": round(decoded),
                "most_mb": round(most),
                "limit_mb": round(3 * decoded + 300),
            }
            rows.append(row)
            print(
                f"{size:8} {spec:40} {decoded:>6.0f} {most:>6.0f} {row['limit_mb']:>6}", flush=True
            )
    return rows
