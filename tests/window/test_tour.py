"""The tour, cut short: one size, one run of one epoch."""

import json
import subprocess
import sys

import cv2
import pytest

SHORT = """
import sys
from pathlib import Path
from studio.window import tour
tour.SIZES, tour.EPOCHS, tour.LEARNING_RATES = ((1024, 700),), 1, (0.05,)
sys.exit(tour.run_tour(Path(sys.argv[1])))
"""


@pytest.fixture(scope="module")
def toured(tmp_path_factory):
    folder = tmp_path_factory.mktemp("tour")
    done = subprocess.run(
        [sys.executable, "-c", SHORT, str(folder)], capture_output=True, text=True, timeout=110
    )
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    return folder


def test_every_workspace_is_photographed_in_both_schemes(toured):
    report = json.loads((toured / "report.json").read_text(encoding="utf-8"))
    assert len(report["pictures"]) == 8
    for name in report["pictures"]:
        picture = cv2.imread(str(toured / name))
        assert picture.shape == (700, 1024, 3)
        assert (picture.mean() > 128) == ("light" in name)


def test_the_report_holds_what_was_measured(toured):
    report = json.loads((toured / "report.json").read_text(encoding="utf-8"))
    assert (report["filter"]["lowest"], report["filter"]["highest"]) == (-870, 779)
    assert report["network"]["weights"] == 1_191_490
    assert report["train"]["runs"][0]["test_accuracy"] > 0.8
    assert report["train"]["window_ticks"] > 0
    assert report["classify"]["cat.png"][0]["class"] == "cat"


def test_a_folder_that_cannot_be_made_is_said(tmp_path):
    (tmp_path / "taken").write_text("")
    done = subprocess.run(
        [sys.executable, "-m", "studio", "tour", str(tmp_path / "taken")],
        capture_output=True,
        text=True,
    )
    assert done.returncode == 2
    assert done.stderr.count("\n") == 1
    assert "taken" in done.stderr
