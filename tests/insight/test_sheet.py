import numpy as np
import pytest

from studio.errors import PictureError
from studio.image.colour_map import NOT_FINITE
from studio.insight.sheet import colour, map_sheet, write_layer, write_sheets

MAPS = np.random.default_rng(0).normal(size=(5, 3, 4)).astype(np.float32)


def test_values_come_back_bit_for_bit(tmp_path):
    maps = MAPS.copy()
    maps[0, 0, :3] = np.nan, np.inf, -0.0
    write_layer(maps[:, ::-1], tmp_path / "conv.NPY")  # not contiguous
    found = np.load(tmp_path / "conv.NPY", allow_pickle=False)
    assert found.dtype == np.float32
    assert found.tobytes() == maps[:, ::-1].tobytes()


def test_every_layer_has_a_file_named_like_it(tmp_path):
    layers = {"conv1": MAPS, "res1.add": MAPS[:2]}
    written = list(write_sheets(layers, tmp_path, ending="npy"))
    assert [path.name for path in written] == ["01-conv1.npy", "02-res1.add.npy"]
    assert np.array_equal(np.load(written[1]), MAPS[:2])
    assert [path.name for path in write_sheets(layers, tmp_path, "res1.add")] == ["02-res1.add.png"]


@pytest.mark.parametrize("ending", ["npy", "png"])
def test_a_file_that_can_t_be_written(tmp_path, ending):
    with pytest.raises(PictureError, match="no such folder"):
        write_layer(MAPS, tmp_path / "gone" / f"a.{ending}")


@pytest.mark.parametrize("sign", [1, -1])
def test_what_is_not_finite_is_green_and_changes_no_other_colour(sign):
    values = sign * np.arange(12, dtype=np.float32).reshape(3, 4)
    spoilt = values.copy()
    spoilt[0, :3] = np.nan, np.inf, -np.inf
    found = colour(spoilt)
    assert (found[0, :3] == NOT_FINITE).all()
    assert np.array_equal(found[1:], colour(values)[1:])
    assert (map_sheet(spoilt[None]).pixels == NOT_FINITE).all(axis=2).any()
