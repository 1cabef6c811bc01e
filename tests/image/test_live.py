import os
from pathlib import Path

import numpy as np
import pytest
from pictures import number_of, write_video

from studio.errors import PictureError
from studio.image.live import (
    Camera,
    Rate,
    VideoFile,
    frames,
    is_live,
    live_source,
)
from studio.image.video import Video


class Clock:
    """Time that passes only when somebody sleeps or works."""

    def __init__(self):
        self.now = 1000.0

    def __call__(self):
        return self.now

    def sleep(self, seconds):
        assert seconds > 0
        self.now += seconds


@pytest.fixture
def clock():
    return Clock()


def play(path, clock, work=None, loop=False):
    return frames(VideoFile(path), work, loop=loop, clock=clock, sleep=clock.sleep)


@pytest.fixture(scope="module")
def film(tmp_path_factory):
    return write_video(tmp_path_factory.mktemp("film") / "film.avi")


@pytest.mark.parametrize(("ending", "codec"), [("avi", "MJPG"), ("mp4", "mp4v"), ("mkv", "MJPG")])
def test_every_frame_in_order_at_the_rate_of_the_file(tmp_path, clock, ending, codec):
    path = write_video(tmp_path / f"a.{ending}", codec=codec)
    seen = [(frame, clock.now - 1000) for frame in play(path, clock)]
    assert [number_of(frame.picture) for frame, _ in seen] == list(range(25))
    assert [frame.index for frame, _ in seen] == list(range(25))
    assert {frame.dropped for frame, _ in seen} == {0}
    np.testing.assert_allclose([frame.seconds for frame, _ in seen], np.arange(25) / 25, atol=1e-6)
    np.testing.assert_allclose([moment for _, moment in seen], np.arange(25) / 25, atol=1e-6)


def test_pixels_are_red_first(film, clock):
    picture = next(play(film, clock)).picture
    assert (picture.pixels.dtype, picture.pixels.shape) == (np.uint8, (48, 64, 3))
    assert (picture.name, picture.path) == ("film.avi", film)
    np.testing.assert_allclose(picture.pixels[40, 10], [0, 0, 200], atol=6)
    np.testing.assert_allclose(picture.pixels[10, 50], [0, 200, 0], atol=6)


@pytest.mark.parametrize("seconds", [0.05, 0.1, 0.21, 0.39])
@pytest.mark.parametrize("inside", [False, True])
def test_a_slow_consumer_sees_the_frame_that_is_due(film, clock, seconds, inside):
    """Whether it works inside the generator or between two asks."""
    work = (lambda picture: clock.sleep(seconds)) if inside else None
    shown, last = [], -1
    for frame in play(film, clock, work):
        assert frame.dropped == frame.index - last - 1
        assert number_of(frame.picture) == frame.index
        last = frame.index
        shown.append((frame.seconds, clock.now - 1000 - (seconds if inside else 0)))
        if not inside:
            clock.sleep(seconds)
    assert len(shown) >= 3
    for time, moment in shown:
        assert time - 1e-6 <= moment < time + 0.04 + 1e-6


def test_work_of_seconds_is_slowness_not_a_pause(tmp_path, clock):
    path = write_video(tmp_path / "a.avi", count=30, rate=5.0)
    seen = [frame.index for frame in play(path, clock, lambda _: clock.sleep(1.95))]
    assert seen == [0, 9, 19, 29]


def test_the_result_of_the_work_is_handed_out(film, clock):
    playing = play(film, clock, lambda picture: picture.pixels.shape)
    assert [next(playing).result for _ in range(3)] == [(48, 64, 3)] * 3


def test_after_a_pause_the_video_goes_on_where_it_was(film, clock):
    playing = play(film, clock)
    assert [next(playing).index for _ in range(3)] == [0, 1, 2]
    clock.sleep(60)
    frame = next(playing)
    assert (frame.index, frame.dropped) == (3, 0)
    moment = clock.now
    assert next(playing).index == 4
    assert clock.now - moment == pytest.approx(0.04)


def test_decoding_that_is_too_slow_still_shows_something(film, clock, monkeypatch):
    """Every frame takes longer to decode than it stands."""
    grab = Video.grab

    def slow(self):
        clock.sleep(0.06)
        return grab(self)

    monkeypatch.setattr(Video, "grab", slow)
    seen = [frame.index for frame in play(film, clock)]
    assert len(seen) >= 8
    assert max(np.diff(seen)) <= 7


@pytest.mark.parametrize("jump", [-3600, 3600])
def test_a_clock_that_is_damaged_stops_nothing(film, clock, monkeypatch, jump):
    moment = Video._moment
    monkeypatch.setattr(
        Video, "_moment", lambda self: after(self) if self.index >= 10 else moment(self)
    )

    def after(self):
        return 3 * moment(self) + jump

    seen = [frame.seconds for frame in play(film, clock)]
    np.testing.assert_allclose(np.diff(seen), [0.04] * 10 + [0.12] * 14, atol=1e-6)
    assert clock.now - 1000 == pytest.approx(seen[-1])


def test_a_frame_that_stands_long_is_handed_out_again(tmp_path, clock):
    path = write_video(tmp_path / "slides.avi", count=3, rate=0.5)
    playing = play(path, clock)
    first = next(playing)
    again = [next(playing) for _ in range(3)]
    assert all(frame is first for frame in again)
    assert next(playing).index == 1
    assert clock.now - 1000 == pytest.approx(2)


def test_a_video_can_begin_again(tmp_path, clock):
    path = write_video(tmp_path / "a.avi", count=4)
    playing = play(path, clock, loop=True)
    seen = [(next(playing), clock.now - 1000) for _ in range(10)]
    assert [number_of(frame.picture) for frame, _ in seen] == [0, 1, 2, 3] * 2 + [0, 1]
    assert [frame.index for frame, _ in seen] == [0, 1, 2, 3] * 2 + [0, 1]
    np.testing.assert_allclose([moment for _, moment in seen], np.arange(10) / 25, atol=1e-6)


def test_whether_it_begins_again_is_asked_at_the_end(tmp_path, clock):
    path = write_video(tmp_path / "a.avi", count=4)
    again = iter([True, True, False])
    seen = [frame.index for frame in play(path, clock, loop=lambda: next(again))]
    assert seen == [0, 1, 2, 3] * 3


def open_files(path):
    links = (f"/proc/self/fd/{handle}" for handle in os.listdir("/proc/self/fd"))
    return [link for link in links if os.path.exists(link) and os.path.samefile(link, path)]


@pytest.mark.skipif(not os.path.isdir("/proc/self/fd"), reason="Linux tells which files are open")
def test_closing_releases_the_file(film, clock):
    playing = play(film, clock)
    next(playing)
    assert open_files(film)
    playing.close()
    assert not open_files(film)

    def fail(picture):
        raise PictureError("it failed")

    with pytest.raises(PictureError, match="it failed"):
        next(play(film, clock, fail))
    assert not open_files(film)


def played(playing):
    """The frames' numbers, and the note at the end."""
    seen = []
    while True:
        try:
            seen.append(number_of(next(playing).picture))
        except StopIteration as end:
            return seen, end.value


def test_a_file_that_ends_early_plays_as_far_as_it_goes(tmp_path, clock, capfd):
    whole = tmp_path / "a.mkv"
    write_video(whole)
    short = tmp_path / "short.mkv"
    short.write_bytes(whole.read_bytes()[: whole.stat().st_size // 2])
    seen, note = played(play(str(short), clock))
    assert 5 < len(seen) < 20
    assert seen == list(range(len(seen)))
    assert note == f"short.mkv ends early: {len(seen) / 25:.3g} of 1 s could be decoded"
    assert played(play(str(whole), clock)) == (list(range(25)), "")
    assert capfd.readouterr().err == ""


def test_a_damaged_place_is_passed_over(tmp_path, clock, capfd):
    data = bytearray(Path(write_video(tmp_path / "a.avi")).read_bytes())
    movie = data.index(b"movi")
    places = [at for at in range(movie, len(data)) if data[at : at + 4] == b"00dc"]
    data[places[10] + 8 : places[11]] = b"\xff" * (places[11] - places[10] - 8)
    (tmp_path / "a.avi").write_bytes(data)
    seen = list(play(str(tmp_path / "a.avi"), clock))
    assert [number_of(frame.picture) for frame in seen] == [*range(10), *range(11, 25)]
    assert seen[10].seconds == pytest.approx(11 / 25)
    assert capfd.readouterr().err == ""


def test_references(film):
    assert live_source("camera:3") == Camera(3)
    assert live_source(film) == VideoFile(film)
    for source in (Camera(0), VideoFile(film)):
        assert live_source(source.reference) == source
        assert is_live(source.reference)
    assert (Camera(1).title, Camera(1, "Front").title) == ("Camera 1", "Front")
    assert VideoFile(film).title == "film.avi"
    for wrong in ("camera:", "camera:front", "camera:-1", "camera:0\n", "camera:1000"):
        with pytest.raises(PictureError, match="Cameras have numbers, as in camera:0"):
            live_source(wrong)
    assert not is_live("coffee")
    assert is_live("A.MP4")


def test_the_rate_over_the_last_second():
    rate = Rate()
    assert rate.per_second == 0
    assert rate.add(5.0) == 0
    assert rate.add(5.1) == pytest.approx(10)
    for k in range(100):
        rate.add(5.1 + k / 20)
    assert rate.per_second == pytest.approx(20)
    for k in range(1, 5):
        rate.add(20 + 3 * k)
    assert rate.per_second == pytest.approx(1 / 3)
