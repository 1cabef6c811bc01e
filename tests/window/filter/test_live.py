"""A video or a camera in the Filter workspace."""

import importlib.util
import sys
import threading
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtWidgets import QMainWindow

from studio.document import Document
from studio.errors import PictureError
from studio.filters import FILTERS
from studio.filters.chain import Chain, Step
from studio.image import camera as camera_module
from studio.image.display import Scale, Shown, to_display
from studio.image.live import Frame
from studio.image.picture import Picture
from studio.image.write import write_picture
from studio.window.chrome.status import Status
from studio.window.drop import Brought
from studio.window.filter.live_frame import Maker, SteadyScale
from studio.window.filter.space import FilterSpace, _offer
from studio.window.job import running_jobs, stop_all
from studio.window.live import player as live_module
from studio.window.live.player import LivePlayer, Pace
from studio.window.live.strip import clock_words
from studio.window.session import Session

_PLACE = Path(__file__).parents[2] / "image" / "pictures.py"
_SPEC = importlib.util.spec_from_file_location("pictures_of_films", _PLACE)
pictures = importlib.util.module_from_spec(_SPEC)
sys.modules["pictures_of_films"] = pictures
_SPEC.loader.exec_module(pictures)

GREY = FILTERS["grey"].build()
SOBEL = FILTERS["sobel"].build({"output": "x"})
TOO_LARGE = FILTERS["median"].build({"radius": 40, "border": "valid"})


def steps(*filters):
    return Chain(steps=tuple(Step(filter=one) for one in filters))


@pytest.fixture(scope="module")
def film(tmp_path_factory):
    return pictures.write_video(tmp_path_factory.mktemp("film") / "film.avi", count=6, rate=50.0)


class FakeCamera:
    """Gives grey frames that become brighter; opens when it is let."""

    def __init__(self):
        self.may_open = threading.Event()
        self.may_open.set()
        self.asked = threading.Event()
        self.working = True
        self.released = 0
        self.number = 0

    def isOpened(self):
        self.asked.set()
        assert self.may_open.wait(10)
        return True

    def read(self):
        if not self.working:
            return False, None
        threading.Event().wait(0.002)  # as a driver does, until there is a frame
        self.number += 1
        return True, np.full((48, 64, 3), self.number % 200, np.uint8)

    def release(self):
        self.released += 1


@pytest.fixture
def camera(tmp_path, monkeypatch):
    made = FakeCamera()
    monkeypatch.setattr(camera_module, "_DEVICES", tmp_path)
    monkeypatch.setattr(camera_module, "_RETRY", 0.0)
    monkeypatch.setattr(camera_module, "_capture", lambda index: made)
    (tmp_path / "video0").touch()
    yield made
    made.may_open.set()


@pytest.fixture
def space(qtbot):
    made = FilterSpace(Session(Document(picture="camera", chain=steps(GREY, SOBEL))), Status())
    window = QMainWindow()
    window.setCentralWidget(made)
    qtbot.addWidget(window)
    window.resize(1200, 700)
    window.show()
    settle(qtbot, made)
    yield made
    made.live.close()
    stop_all(5)


def settle(qtbot, space):
    """Wait until the session's picture is shown."""
    session = space._session
    qtbot.waitUntil(
        lambda: (
            space.result is not None
            and space.result.chain == session.document.chain
            and space.result.picture is session.picture
            and space.renderer.is_filled
            and not running_jobs()
        )
    )


def play(qtbot, space, reference):
    space.live.start(reference)
    qtbot.waitUntil(lambda: space.live.is_playing)


def wait_for_state(qtbot, space, state):
    qtbot.waitUntil(lambda: space.live.player.state == state)


def seen(view):
    return view.levels.rgb


# A player by itself


class Seen:
    """What a player said."""

    def __init__(self, **settings):
        self.maker = Maker()
        self.player = LivePlayer(self.maker, **settings)
        self.states, self.frames, self.errors, self.refused, self.notes = [], [], [], [], []
        self.player.state_changed.connect(self.states.append)
        self.player.frame_changed.connect(self.frames.append)
        self.player.failed.connect(self.errors.append)
        self.player.refused.connect(self.refused.append)
        self.player.noted.connect(self.notes.append)


@pytest.fixture
def watched(qtbot):
    made = Seen()
    yield made
    made.player.stop()
    stop_all(5)


def test_frames_go_through_the_chain(watched, qtbot, film):
    watched.maker.wanted = steps(GREY, SOBEL), Shown()
    watched.player.start(film)
    qtbot.waitUntil(lambda: watched.player.state == "ended")
    assert watched.states == ["opening", "playing", "ended"]
    assert all(np.diff([frame.index for frame in watched.frames]) > 0)
    for frame in watched.frames:
        expected = steps(GREY, SOBEL).run(frame.picture.pixels)
        np.testing.assert_array_equal(frame.result.pixels, expected)
        np.testing.assert_array_equal(frame.result.before.rgb, frame.picture.pixels)
    shown = to_display(watched.frames[0].result.pixels, "signed", white=255)
    np.testing.assert_array_equal(watched.frames[0].result.after.rgb, shown.rgb)
    assert watched.errors == watched.refused == watched.notes == []


def test_it_begins_again_while_it_repeats(watched, qtbot, film):
    watched.player.is_looping = True
    watched.player.start(film)
    qtbot.waitUntil(
        lambda: sum(np.diff([frame.index for frame in watched.frames]) < 0) >= 2, timeout=10000
    )
    watched.player.is_looping = False
    qtbot.waitUntil(lambda: watched.player.state == "ended")
    watched.player.resume()
    qtbot.waitUntil(lambda: watched.states[-3:] == ["opening", "playing", "ended"])


def test_a_chain_that_does_not_fit_leaves_the_last_one_that_did(watched, qtbot, film):
    watched.maker.wanted = steps(GREY), Shown()
    watched.player.is_looping = True
    watched.player.start(film)
    qtbot.waitUntil(lambda: len(watched.frames) > 2)
    watched.maker.wanted = steps(TOO_LARGE), Shown()
    qtbot.waitUntil(lambda: bool(watched.refused))
    assert "doesn't fit into a picture of 48 × 64" in str(watched.refused[0])
    frame = watched.player.frame
    np.testing.assert_array_equal(frame.result.pixels, steps(GREY).run(frame.picture.pixels))
    assert watched.player.state == "playing"
    watched.maker.wanted = steps(SOBEL), Shown()
    qtbot.waitUntil(lambda: watched.refused[-1] is None)
    frame = watched.player.frame
    np.testing.assert_array_equal(frame.result.pixels, steps(SOBEL).run(frame.picture.pixels))
    assert len(watched.refused) == 2


def test_a_chain_that_never_fitted_leaves_the_frame_alone():
    maker = Maker()
    maker.wanted = steps(TOO_LARGE), Shown()
    pixels = np.zeros((48, 64, 3), np.uint8)
    made = maker(Picture(pixels))
    assert made.after is None
    assert made.pixels is None
    assert made.error is not None
    np.testing.assert_array_equal(made.before.rgb, pixels)


@pytest.mark.parametrize("reference", ["none.mp4", "camera:front", "camera:7"])
def test_what_cannot_be_opened_is_said(watched, qtbot, reference, camera):
    watched.player.start(reference)
    qtbot.waitUntil(lambda: bool(watched.errors))
    assert watched.player.state == "idle"
    assert isinstance(watched.errors[0], PictureError)
    assert watched.player.source is None


def test_a_file_that_ends_early_says_so(watched, qtbot, tmp_path):
    whole = Path(pictures.write_video(tmp_path / "a.mkv", rate=50.0))
    short = tmp_path / "short.mkv"
    short.write_bytes(whole.read_bytes()[: whole.stat().st_size // 2])
    watched.player.start(str(short))
    qtbot.waitUntil(lambda: watched.player.state == "ended")
    assert len(watched.notes) == 1
    assert watched.notes[0].startswith("short.mkv ends early")


def test_a_paused_video_stays_at_its_frame(watched, qtbot, film):
    watched.player.is_looping = True
    watched.player.start(film)
    qtbot.waitUntil(lambda: watched.player.state == "playing")
    watched.player.pause()
    frame, count = watched.player.frame, len(watched.frames)
    job = watched.player._job
    qtbot.waitUntil(lambda: len(watched.player._held) == 2 or job._waiting == [])
    assert watched.player.frame is frame
    assert len(watched.frames) == count
    watched.player.resume()
    qtbot.waitUntil(lambda: len(watched.frames) > count)
    assert watched.states == ["opening", "playing", "paused", "playing"]


def test_a_camera_is_released_while_it_is_paused(watched, qtbot, camera):
    watched.player.start("camera:0")
    qtbot.waitUntil(lambda: len(watched.frames) > 1)
    watched.player.pause()
    qtbot.waitUntil(lambda: camera.released == 1 and not running_jobs())
    assert watched.player.state == "paused"
    watched.player.resume()
    assert watched.player.state == "opening"
    qtbot.waitUntil(lambda: watched.player.state == "playing")
    watched.player.stop()
    qtbot.waitUntil(lambda: camera.released == 2 and not running_jobs())


def test_a_camera_that_opens_slowly_can_be_cancelled(watched, qtbot, camera, film):
    camera.may_open.clear()
    watched.player.start("camera:0")
    assert camera.asked.wait(10)
    watched.player.stop()
    assert watched.player.state == "idle"
    watched.player.start(film)  # nobody waits for the camera
    qtbot.waitUntil(lambda: watched.player.state == "ended")
    watched.player.start("camera:0")  # this time it has to be released first
    assert watched.player.state == "opening"
    assert len(running_jobs()) == 1
    camera.may_open.set()
    qtbot.waitUntil(lambda: watched.player.state == "playing")
    assert camera.released == 1
    assert watched.errors == []


def test_a_camera_that_is_unplugged_leaves_its_last_frame(watched, qtbot, camera):
    watched.player.start("camera:0")
    qtbot.waitUntil(lambda: watched.player.state == "playing")
    camera.working = False
    qtbot.waitUntil(lambda: bool(watched.errors))
    assert watched.player.state == "ended"
    assert watched.player.frame is not None
    camera.working = True
    watched.player.resume()
    qtbot.waitUntil(lambda: watched.player.state == "playing")


def test_a_frame_that_still_stands_is_not_shown_again(watched):
    picture = Picture(np.zeros((4, 4, 3), np.uint8))
    frames = [Frame(picture, k, k / 25, 0, watched.maker(picture)) for k in range(2)]
    watched.player._take([frames[0], frames[0]])
    watched.player._take([frames[0]])
    watched.player._take([frames[0], frames[1], frames[1]])
    assert watched.frames == frames
    assert watched.player._pace._dropped == 0


# How fast, how late, on what scale


def test_the_pace_in_words():
    now = 100.0
    pace = Pace(lambda: now)
    assert pace.words == ""
    picture = Picture(np.zeros((4, 4, 3), np.uint8))
    told = []
    for k in range(0, 50, 2):  # every second frame is left out, and twice two come together
        frames = [Frame(picture, k, k / 25, 1 if k else 0)]
        if k in (20, 40):
            frames.append(Frame(picture, k + 1, (k + 1) / 25, 0))
        told.append(pace.add(frames))
        now += 2 / 25
    assert pace.words == "12.5 of 25 frames/s, 26 dropped"
    assert 3 <= sum(told) <= 4  # twice a second
    now += 60
    pace.go_on()
    pace.add([Frame(picture, 50, 2.0, 0)])
    now += 0.1
    pace.add([Frame(picture, 51, 2.04, 0)])
    assert pace.words == "10.0 of 25 frames/s, 26 dropped"


def test_a_scale_that_holds_still():
    now = 0.0
    steady = SteadyScale(lambda: now)

    def signed(end):
        return Scale("signed", -end, end)

    assert steady.follow(signed(100), "a") == signed(100)
    for end in (80, 120, 65, 100):
        assert steady.follow(signed(end), "a") == signed(100)
    for end in (300, 100, 300):  # a flash
        now += 0.3
        assert steady.follow(signed(end), "a") == signed(100)
    now += 0.6
    assert steady.follow(signed(310), "a") == signed(310)
    assert steady.follow(Scale("plain", 0, 255), "a") == signed(310)
    assert steady.follow(Scale("plain", 0, 255), "b") == Scale("plain", 0, 255)


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(0, "0:00.0"), (0.3, "0:00.3"), (59.99, "0:59.9"), (60, "1:00.0"), (3723.5, "1:02:03.5")],
)
def test_times_in_words(seconds, words):
    assert clock_words(seconds) == words


# In the workspace


def test_a_video_fills_the_views_and_its_last_frame_is_the_picture(space, qtbot, film):
    opened = []
    space.opened.connect(opened.append)
    before = space._session.picture
    play(qtbot, space, film)
    assert space._name.text() == "film.avi"
    assert "64 × 48" in space._facts.text()
    assert space.result is None
    assert not space._save.isEnabled()
    assert not space.live.strip.isHidden()
    frame = space.live.player.frame
    np.testing.assert_array_equal(seen(space.compare.before), frame.picture.pixels)
    np.testing.assert_array_equal(seen(space.compare.after), frame.result.after.rgb)
    space.compare.cursor_moved.emit(40, 10)
    values = " ".join(str(value) for value in frame.picture.pixels[10, 40])
    assert space._status.cursor_text.startswith(f"40, 10   before {values}   after ")
    assert space._session.picture is before
    wait_for_state(qtbot, space, "ended")
    settle(qtbot, space)
    last = space.live.player.frame.picture
    assert space._session.picture is last
    np.testing.assert_array_equal(
        space.result.evaluation.whole(), steps(GREY, SOBEL).run(last.pixels)
    )
    assert space._save.isEnabled()
    assert opened == [film]
    assert space._session.document.picture == "camera"
    space.live.close()
    settle(qtbot, space)
    assert space._session.picture is before
    assert space.live.strip.isHidden()


def test_taking_a_frame_makes_it_the_document_s(space, qtbot, film):
    space.live.actions.loop.setChecked(True)
    play(qtbot, space, film)
    space.live.actions.take.trigger()
    taken = space.live.player.frame.picture
    assert space._session.picture is taken
    assert space._session.document.picture == "pasted:1"
    assert space._session.undo_stack.undoText() == "Take a frame of film.avi"
    assert space.live.player.state == "paused"
    settle_paused(qtbot, space)
    space.live.actions.play.trigger()
    qtbot.waitUntil(lambda: space.live.is_playing)
    space.live.close()
    settle(qtbot, space)
    assert space._session.picture is taken
    space._session.undo_stack.undo()
    settle(qtbot, space)
    assert space._session.document.picture == "camera"


def settle_paused(qtbot, space):
    """The still is shown; the video's job waits."""
    session = space._session
    qtbot.waitUntil(
        lambda: (
            space.result is not None
            and space.result.picture is session.picture
            and space.renderer.is_filled
            and not space.renderer.is_busy
        )
    )


def test_a_paused_frame_follows_the_chain(space, qtbot, film):
    space.live.actions.loop.setChecked(True)
    play(qtbot, space, film)
    space.live.actions.play.trigger()
    settle_paused(qtbot, space)
    still = space._session.picture
    space.panel.remove(1)
    settle_paused(qtbot, space)
    qtbot.waitUntil(lambda: space.result.chain == steps(GREY))
    np.testing.assert_array_equal(space.result.evaluation.whole(), steps(GREY).run(still.pixels))
    before = space.live.player.frame
    space.live.actions.play.trigger()
    qtbot.waitUntil(lambda: space.live.player.frame is not before)
    frame = space.live.player.frame
    np.testing.assert_array_equal(frame.result.pixels, steps(GREY).run(frame.picture.pixels))


def test_what_was_shown_stays_until_the_still_is_there(space, qtbot, film):
    """No empty view between the last frame and the same frame as a picture."""
    space.live.actions.loop.setChecked(True)
    play(qtbot, space, film)
    space.compare.mode = "side"
    space.live.player.pause()
    frame = space.live.player.frame
    painted = []

    def look():
        image = space.compare.before.grab().toImage()
        painted.append(image.pixelColor(image.width() // 2, image.height() // 2).getRgb()[:3])

    space.renderer.result_changed.connect(look)
    settle_paused(qtbot, space)
    look()
    assert len(set(painted)) == 1
    assert painted[0] != (0, 0, 0)
    assert space._session.picture is frame.picture


def test_another_picture_closes_the_video(space, qtbot, film):
    space.live.actions.loop.setChecked(True)
    play(qtbot, space, film)
    space._session.open_picture("coffee")
    wait_for_state(qtbot, space, "idle")
    settle(qtbot, space)
    assert space._name.text() == space._session.picture.name != "film.avi"
    play(qtbot, space, film)
    space.live.player.pause()
    space._session.paste_picture(Picture(np.zeros((9, 9, 3), np.uint8), name="black"))
    assert space.live.player.state == "idle"
    settle(qtbot, space)
    assert space._session.picture.name == "black"


def test_another_workspace_pauses_and_frees_the_camera(space, qtbot, camera):
    play(qtbot, space, "camera:0")
    assert space.live.actions.restart.isEnabled() is False
    space.hide()
    assert space.live.player.state == "paused"
    qtbot.waitUntil(lambda: camera.released == 1)
    assert space._session.picture is space.live.player.frame.picture
    assert "another workspace" not in space.live.strip.play.toolTip()
    space.show()
    assert space.live.player.state == "paused"
    space.live.toggle()
    qtbot.waitUntil(lambda: space.live.is_playing)
    assert "another workspace" in space.live.strip.play.toolTip()


def test_opening_says_so_and_can_be_cancelled(space, qtbot, camera):
    camera.may_open.clear()
    space.live.start("camera:0")
    assert space._status.busy == "Opening Camera 0"
    space._status.cancel()
    assert space._status.busy == ""
    assert space.live.player.state == "idle"
    assert space.live.strip.isHidden()
    camera.may_open.set()
    settle(qtbot, space)


def test_a_chain_that_does_not_fit_is_told_and_told_off(space, qtbot, film):
    space.live.actions.loop.setChecked(True)
    play(qtbot, space, film)
    space._session.edit("", space._session.document.change(chain=steps(TOO_LARGE)))
    qtbot.waitUntil(lambda: not space.message.isHidden())
    assert space.live.is_playing
    space._session.edit("", space._session.document.change(chain=steps(GREY)))
    qtbot.waitUntil(space.message.isHidden)


def test_the_rate_is_in_the_strip_and_the_status(space, qtbot, film, monkeypatch):
    monkeypatch.setattr(live_module, "_TOLD_EVERY", 0.0)
    space.live.actions.loop.setChecked(True)
    play(qtbot, space, film)
    qtbot.waitUntil(lambda: "of 50 frames/s" in space._status.message)
    assert space.live.strip.words.text() == space._status.message
    assert "dropped" in space._status.message
    space.live.actions.play.trigger()
    assert space.live.strip.words.text() == "Paused"
    assert space.live.actions.play.text() == "Play"


def test_why_it_ended_stays_to_be_read(space, qtbot, tmp_path):
    whole = Path(pictures.write_video(tmp_path / "a.mkv", rate=50.0))
    short = tmp_path / "short.mkv"
    short.write_bytes(whole.read_bytes()[: whole.stat().st_size // 2])
    play(qtbot, space, str(short))
    wait_for_state(qtbot, space, "ended")
    settle(qtbot, space)
    assert "short.mkv ends early" in space.message.words.text()
    assert not space.message.isHidden()
    space.live.toggle()
    assert space.message.isHidden()


def test_a_damaged_video_is_refused_and_the_picture_stays(space, qtbot, tmp_path):
    path = tmp_path / "broken.mp4"
    path.write_bytes(b"\0\0\0\x18ftypmp42" + bytes(64))
    before = space._session.picture
    space.open_files([path])
    qtbot.waitUntil(lambda: not space.message.isHidden())
    assert "broken.mp4" in space.message.words.text()
    assert space._session.picture is before
    assert space.live.strip.isHidden()
    settle(qtbot, space)


def test_every_button_of_the_strip_names_its_key(space, qtbot, film):
    play(qtbot, space, film)
    strip = space.live.strip
    for button in (strip.play, strip.restart, strip.loop, strip.take, strip.close_button):
        assert "Ctrl+" in button.toolTip()
    wait_for_state(qtbot, space, "ended")
    strip.restart.click()
    qtbot.waitUntil(lambda: space.live.is_playing)
    strip.close_button.click()
    settle(qtbot, space)


def test_a_dropped_video_is_played_a_dropped_folder_looked_through(space, qtbot, film, tmp_path):
    assert _offer(Brought(paths=(Path(film),))) == ("Open film.avi", True)
    space.take(Brought(paths=(Path(film),)))
    wait_for_state(qtbot, space, "ended")
    (tmp_path / "album").mkdir()
    for name in ("a.png", "b.png"):
        write_picture(Picture(np.zeros((6, 5, 3), np.uint8)), tmp_path / "album" / name)
    album = Brought(paths=(tmp_path / "album",))
    assert _offer(album) == ("Open the pictures in album", True)
    space.take(album)
    wait_for_state(qtbot, space, "idle")
    settle(qtbot, space)
    assert space._session.picture.name == "a.png"
    space.series.next.trigger()
    qtbot.waitUntil(lambda: space._name.text() == "b.png")
    settle(qtbot, space)
    files = Brought(paths=(tmp_path / "album" / "a.png", tmp_path / "album" / "b.png"))
    assert _offer(files).words == "Open a.png and 1 more"
