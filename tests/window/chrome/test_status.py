from studio.window.chrome.status import Status, StatusBar


def test_a_long_message_never_widens_the_window(qtbot):
    bar = StatusBar()
    qtbot.addWidget(bar)
    narrow = bar.minimumSizeHint().width()
    status = Status()
    status.show_message("Saved " + "a very long name " * 40)
    bar.show_status(status, ())
    assert bar.minimumSizeHint().width() == narrow


def test_going_idle_keeps_the_last_message(qtbot):
    status = Status()
    status.show_message("Saved edges.png")
    status.set_busy("Filtering")
    status.set_progress(0.5)
    status.set_idle()
    assert (status.message, status.busy, status.progress) == ("Saved edges.png", "", None)


def test_every_change_is_said(qtbot):
    status = Status()
    for change in (
        lambda: status.show_message("a"),
        lambda: status.set_busy("b"),
        lambda: status.set_progress(0.1),
        lambda: status.set_cursor_text("1, 2"),
        lambda: status.set_idle("c"),
    ):
        with qtbot.waitSignal(status.changed):
            change()
    with qtbot.waitSignal(status.device_changed) as said:
        status.set_device("CPU, 2 threads")
    assert said.args == ["CPU, 2 threads"]
