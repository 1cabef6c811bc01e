"""Mean and deviation per channel, against NumPy's."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from studio.data.statistics import channel_statistics


@given(st.integers(0, 2**32), st.integers(1, 20), st.sampled_from([1, 3]))
def test_they_are_numpy_s(seed, count, channels):
    rng = np.random.default_rng(seed)
    pictures = rng.integers(0, rng.integers(2, 257), (count, 5, 4, channels), dtype=np.uint8)
    mean, std = channel_statistics(pictures)
    scaled = pictures / 255
    assert np.allclose(mean, scaled.mean(axis=(0, 1, 2)), atol=1e-6)
    deviation = scaled.std(axis=(0, 1, 2))
    assert np.allclose(std, np.where(deviation < 5e-7, 1, deviation), atol=1e-6)


def test_a_channel_without_contrast_can_be_divided_by():
    assert channel_statistics(np.full((2, 3, 3, 1), 51, np.uint8)) == ((0.2,), (1.0,))
