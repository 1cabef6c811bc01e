"""Pictures that stay in a file, and the thread that reads them ahead."""

import numpy as np
import pytest
import torch

from studio.nets.preprocess import Preprocessing
from studio.training import streamed


def test_what_the_reading_thread_fails_with_is_told_to_whoever_waits(monkeypatch):
    pictures = np.zeros((6, 2, 2, 1), np.uint8)
    preprocessing = Preprocessing(size=(2, 2), channels=1, mean=(0.0,), std=(1.0,))
    part = streamed.Streamed(pictures, np.zeros(6, np.int64), preprocessing, "cpu")

    def failing(*_):
        raise MemoryError("no room")

    monkeypatch.setattr(streamed, "_read", failing)
    batches = torch.arange(6).split(2)
    part.expect(batches)
    try:
        with pytest.raises(MemoryError, match="no room"):
            part.batch(batches[0])
    finally:
        part.close()
