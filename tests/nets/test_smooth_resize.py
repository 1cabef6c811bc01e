import numpy as np
import pytest
import torch
from PIL import Image
from skimage import data
from torchvision.transforms import InterpolationMode
from torchvision.transforms._presets import ImageClassification

from studio.image.picture import Picture
from studio.nets.model import read_card
from studio.nets.preprocess import Frame, Preprocessing

MEAN, STD = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)
ASTRONAUT = data.astronaut()[20:, :333]  # 492 x 333


def published(crop, resize, interpolation="bilinear"):
    return Preprocessing(
        size=(crop, crop),
        share=crop / resize,
        interpolation=interpolation,
        mean=MEAN,
        std=STD,
    )


def theirs(crop, resize, interpolation="bilinear"):
    mode = InterpolationMode(interpolation)
    return ImageClassification(crop_size=crop, resize_size=resize, interpolation=mode)


@pytest.mark.parametrize("interpolation", ["bilinear", "bicubic"])
@pytest.mark.parametrize(("crop", "resize"), [(224, 256), (224, 232), (299, 342), (384, 384)])
@pytest.mark.parametrize("turned", [False, True])
def test_the_transform_of_torchvision(interpolation, crop, resize, turned):
    pixels = np.ascontiguousarray(ASTRONAUT.swapaxes(0, 1) if turned else ASTRONAUT)
    ours = published(crop, resize, interpolation).apply(Picture(pixels))
    expected = theirs(crop, resize, interpolation)(Image.fromarray(pixels)).numpy()
    np.testing.assert_allclose(ours, expected, atol=1e-5)


def test_a_tensor_of_torchvision_differs_by_two_levels():
    """Torch rounds its weights otherwise than Pillow."""
    ours = published(224, 256).apply(Picture(ASTRONAUT))
    tensor = torch.from_numpy(ASTRONAUT.copy()).permute(2, 0, 1)
    levels = np.abs(ours - theirs(224, 256)(tensor).numpy()) * np.array(STD)[:, None, None] * 255
    assert levels.max() <= 2.01


def test_depths_agree():
    eight = published(224, 256).apply(Picture(ASTRONAUT))
    sixteen = published(224, 256).apply(Picture(ASTRONAUT.astype(np.uint16) * 257))
    real = published(224, 256).apply(Picture(ASTRONAUT.astype(np.float32) / 255))
    np.testing.assert_allclose(sixteen, real, atol=1e-5)
    assert np.abs(eight - real).max() <= 1.01 / 255 / min(STD)


def test_the_frame_is_where_the_crop_was():
    """A picture whose values are its own coordinates says where each input pixel came from."""
    height, width = 500, 340
    y, x = np.mgrid[:height, :width].astype(np.float32) + 0.5
    picture = Picture(np.stack([y, x, y], axis=2))
    preprocessing = Preprocessing(size=(224, 224), share=224 / 256, interpolation="bilinear")
    frame = preprocessing.frame(picture)
    values = preprocessing.apply(picture)
    places = (np.arange(224) + 0.5) / 224
    np.testing.assert_allclose(values[0, :, 100], frame.top + places * frame.height, atol=0.1)
    np.testing.assert_allclose(values[1, 100], frame.left + places * frame.width, atol=0.1)


def test_a_long_strip_is_resized_where_it_is_seen():
    strip = np.ascontiguousarray(np.tile(ASTRONAUT[:20], (1, 40, 1)))
    preprocessing = Preprocessing(size=(16, 16), share=0.8, interpolation="bilinear")
    middle = strip[:, (strip.shape[1] - 40) // 2 :][:, :40]
    ours = preprocessing.apply(Picture(strip)) * 255
    near = preprocessing.apply(Picture(np.ascontiguousarray(middle))) * 255
    assert np.abs(ours - near).max() <= 2.01


def test_a_share_by_area():
    picture = Picture(ASTRONAUT[:300, :300])
    frame = Preprocessing(size=(50, 50), share=0.5).frame(picture)
    assert frame == Frame(75, 75, 150, 150)
    ours = Preprocessing(size=(50, 50), share=0.5).apply(picture)
    middle = Preprocessing(size=(50, 50)).apply(Picture(ASTRONAUT[75:225, 75:225]))
    np.testing.assert_array_equal(ours, middle)


@pytest.mark.parametrize("resize", ["fit", "stretch"])
@pytest.mark.parametrize("shape", [(90, 60), (11, 40), (1, 100), (3, 2)])
@pytest.mark.parametrize("interpolation", ["bilinear", "bicubic"])
def test_any_picture_becomes_the_input(resize, shape, interpolation):
    pixels = np.random.default_rng(1).integers(0, 256, (*shape, 3), np.uint8)
    for how in (resize, "crop"):
        preprocessing = Preprocessing(
            size=(24, 32), resize=how, share=0.9, interpolation=interpolation
        )
        values = preprocessing.apply(Picture(pixels))
        assert values.shape == (3, 24, 32)
        assert 0 <= values.min() <= values.max() <= 1


def test_a_card_of_before_is_read(tmp_path):
    path = tmp_path / "old.json"
    path.write_text(
        '{"format": 1, "network": {"input": [1, 8, 8], "layers": [{"kind": "flatten"}]}, '
        '"preprocessing": {"size": [8, 8], "channels": 1, "mean": [0.0], "std": [1.0]}}'
    )
    preprocessing = read_card(path).preprocessing
    assert (preprocessing.share, preprocessing.interpolation) == (1.0, "area")
