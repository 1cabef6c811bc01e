"""How much memory there is."""

from types import SimpleNamespace

import pytest

from studio.data import memory


@pytest.fixture
def free(tmp_path, monkeypatch):
    """A machine with 5,000 bytes to spare; the folder says what a container allows."""
    monkeypatch.setattr("psutil.virtual_memory", lambda: SimpleNamespace(available=5000))
    monkeypatch.setattr(memory, "_GROUP", tmp_path)
    return tmp_path


@pytest.mark.parametrize(
    ("limit", "current", "expected"),
    [(None, None, 5000), ("max", "10", 5000), ("3000", "1000", 2000), ("900", "1000", 0)],
)
def test_a_container_may_allow_less(limit, current, expected, free):
    if limit:
        (free / "memory.max").write_text(f"{limit}\n")
        (free / "memory.current").write_text(f"{current}\n")
    assert memory.available() == expected


def test_bytes_in_words():
    assert memory.in_words(12_345_678_901) == "12.3 GB"
    assert memory.in_words(1_500_000) == "1.5 MB"
