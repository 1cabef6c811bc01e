import cv2
import numpy as np
import pytest
import tifffile

from studio.errors import PictureError, SettingError
from studio.filters.batch import Applied, Applying, apply_to, apply_to_one, save_result
from studio.filters.chain import Chain, parse_step
from studio.image.picture import Picture
from studio.image.read import read_picture


def chain(*texts):
    return Chain(steps=tuple(map(parse_step, texts)))


@pytest.fixture
def photos(tmp_path):
    """Three pictures in a folder: two that can be read, and one between them that can't."""
    folder = tmp_path / "photos"
    folder.mkdir()
    values = np.random.default_rng(0).integers(0, 256, (20, 30, 3), dtype=np.uint8)
    cv2.imwrite(str(folder / "a.png"), values)
    (folder / "b.png").write_bytes(b"no picture")
    cv2.imwrite(str(folder / "c.png"), 255 - values)
    return [folder / name for name in ("a.png", "b.png", "c.png")]


@pytest.fixture
def out(tmp_path):
    folder = tmp_path / "out"
    folder.mkdir()
    return folder


def done(work):
    return [event for event in work if isinstance(event, Applied)]


def names(folder):
    return sorted(path.name for path in folder.iterdir())


def test_what_fails_is_told_and_the_next_one_follows(photos, out):
    first, second, third = done(apply_to(chain("median"), photos, out))
    assert (first.source, first.target, first.error) == (photos[0], out / "a.png", None)
    assert second.target is None
    assert isinstance(second.error, PictureError)
    assert "b.png" in str(second.error)
    assert [each.number for each in (first, second, third)] == [0, 1, 2]
    assert {each.total for each in (first, second, third)} == {3}
    assert names(out) == ["a.png", "c.png"]
    for each in (first, third):
        wanted = cv2.medianBlur(cv2.imread(str(each.source)), 3)
        np.testing.assert_array_equal(cv2.imread(str(each.target)), wanted)


def test_a_picture_too_small_is_named_with_the_step(photos, out):
    cv2.imwrite(str(photos[1]), np.zeros((2, 2), np.uint8))
    *_, failed = done(apply_to(chain("grey", "sobel border=valid"), photos[:2], out))
    assert isinstance(failed.error, SettingError)
    assert failed.error.step == 1
    assert "b.png: step 2: the window of 3 × 3 doesn't fit" in str(failed.error)


@pytest.mark.parametrize("name", ["a.png", "a.tiff", "a.tif"])
@pytest.mark.parametrize("texts", [(), ("grey",), ("sobel output=x border=valid",)])
def test_files_hold_what_the_chain_gives(tmp_path, name, texts):
    """Wide and high enough for several strips."""
    values = np.random.default_rng(1).integers(0, 256, (700, 900, 3), dtype=np.uint8)
    source = tmp_path / "source.png"
    cv2.imwrite(str(source), values[..., ::-1])
    (event,) = done(apply_to_one(chain(*texts), source, tmp_path / name))
    wanted = chain(*texts).run(values)
    if wanted.dtype == np.float32 and name == "a.png":
        assert "rounded and cut" in event.note
        wanted = np.clip(wanted, 0, 255)
    else:
        assert event.note == ""
        assert read_picture(event.target).pixels.dtype == wanted.dtype
    np.testing.assert_array_equal(read_picture(event.target).pixels, wanted)
    if name != "a.png":
        np.testing.assert_array_equal(tifffile.imread(event.target), np.squeeze(wanted))


@pytest.mark.parametrize("name", ["a.png", "a.tiff"])
def test_alpha_is_kept_where_it_fits(tmp_path, name):
    pixels = np.arange(60, dtype=np.uint8).reshape(4, 5, 3)
    picture = Picture(pixels, np.arange(20, dtype=np.uint8).reshape(4, 5) * 12)
    for text, keeps in (("median", True), ("median border=valid", False), ("sobel", False)):
        if name == "a.png" and text == "sobel":
            continue
        evaluation = chain(text).evaluate(pixels)
        list(save_result(evaluation, picture, tmp_path / name))
        kept = read_picture(tmp_path / name).alpha
        assert (kept is not None) == keeps
        if keeps:
            np.testing.assert_array_equal(kept, picture.alpha)


def test_shares_rise_to_one(photos, out):
    *events, _ = apply_to(chain("grey"), photos[:1], out)
    shares = [event.share for event in events]
    assert shares == sorted(shares)
    assert (shares[0], shares[-1]) == (0, 1)


def test_sources_and_results_never_overwrite_each_other(photos, tmp_path):
    twin = tmp_path / "a.png"
    twin.write_bytes(photos[2].read_bytes())
    kept = {path: path.read_bytes() for path in (*photos, twin)}
    folder = photos[0].parent
    targets = [event.target for event in done(apply_to(chain("grey"), [photos[0], twin], folder))]
    assert targets == [folder / "a-2.png", folder / "a-3.png"]
    assert {path: path.read_bytes() for path in kept} == kept


def test_names_that_some_disks_take_for_one_are_two(photos, out, tmp_path):
    other = tmp_path / "other" / "A.png"
    other.parent.mkdir()
    other.write_bytes(photos[0].read_bytes())
    targets = [event.target for event in done(apply_to(chain("grey"), [photos[0], other], out))]
    assert targets == [out / "a.png", out / "A-2.png"]


def test_other_files_are_replaced_or_not(photos, out):
    (out / "a.png").write_bytes(b"old")
    (event,) = done(apply_to(chain("grey"), photos[:1], out, replace=False))
    assert event.target == out / "a-2.png"
    assert (out / "a.png").read_bytes() == b"old"
    (event,) = done(apply_to(chain("grey"), photos[:1], out))
    assert event.target == out / "a.png"
    assert read_picture(event.target).channels == 1


@pytest.mark.parametrize("text", ["grey", "sobel"])
def test_closed_in_the_middle_it_leaves_nothing_of_that_picture(photos, out, text):
    work = apply_to(chain(text), photos, out)
    for event in work:
        if isinstance(event, Applying) and event.number == 2 and event.share > 0:
            break
    work.close()
    assert names(out) == ["a.tiff" if text == "sobel" else "a.png"]


def test_a_full_disk_is_told_for_each_picture(photos, out, monkeypatch):
    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    for text in ("grey", "sobel"):
        failed = done(apply_to(chain(text), photos[::2], out))
        assert [str(each.error) for each in failed] == [
            f"{name}{'.tiff' if text == 'sobel' else '.png'} can't be written: the disk is full"
            for name in "ac"
        ]
    assert names(out) == []


def test_too_little_memory_is_told(photos, out, monkeypatch):
    def lack(*_, **__):
        raise MemoryError

    monkeypatch.setattr("studio.filters.batch.write_picture", lack)
    (event, _) = done(apply_to(chain("grey"), photos[::2], out))
    assert "a.png: there is not enough memory" in str(event.error)


def test_an_unknown_ending_is_seen_before_the_work(photos, tmp_path):
    with pytest.raises(PictureError, match=r"not a picture format to write. Use one of \.png"):
        apply_to_one(Chain(), photos[0], tmp_path / "a.xyz")
    for name in ("a", ".png"):
        with pytest.raises(PictureError, match=r"no ending .* Use one of \.png"):
            apply_to_one(Chain(), photos[0], tmp_path / name)
