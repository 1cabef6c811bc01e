"""A TIFF file that is written a few rows at a time, so that it needn't be in memory as a whole."""

from typing import Any, BinaryIO

import numpy as np
import tifffile
from numpy.typing import DTypeLike, NDArray

from studio.image.picture import Pixels


class TiffRows:
    """Takes the rows of a picture in any order.

    Parameters
    ----------
    file : binary file that can seek
    shape : (int, int, int)
        Height, width and channels of the picture.
    dtype
        Its depth.
    alpha : array, height x width, optional
        Its straight opacity, in the same depth.
    """

    def __init__(
        self,
        file: BinaryIO,
        shape: tuple[int, int, int],
        dtype: DTypeLike,
        alpha: Pixels | None = None,
    ) -> None:
        height, width, channels = shape
        samples = channels + (alpha is not None)
        self._file = file
        self._alpha = alpha
        self._dtype = np.dtype(dtype)
        self._row_bytes = width * samples * self._dtype.itemsize
        place = tifffile.imwrite(
            file,
            shape=shape[:2] if samples == 1 else (height, width, samples),
            dtype=self._dtype,
            photometric="rgb" if channels == 3 else "minisblack",
            planarconfig="contig" if samples > 1 else None,
            extrasamples=["unassalpha"] if alpha is not None else [],
            metadata=None,
            returnoffset=True,
        )
        assert place is not None  # what isn't compressed lies in one piece
        self._start = place[0]

    def put(self, top: int, rows: Pixels) -> None:
        """Write rows from `top` on; rows x width x channels."""
        samples: NDArray[Any] = rows
        if self._alpha is not None:
            samples = np.dstack([rows, self._alpha[top : top + len(rows)]])
        self._file.seek(self._start + top * self._row_bytes)
        self._file.write(np.ascontiguousarray(samples, self._dtype).data)
