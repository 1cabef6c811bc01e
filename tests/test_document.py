import json
import os
import stat

import pytest
from hypothesis import given
from hypothesis import strategies as some

from studio.document import OWN, PASTED, RUN, Document, load_document, load_picture, save_document
from studio.errors import DocumentError, PictureError, SettingError
from studio.filters.chain import Chain, parse_step
from studio.nets.network import Network
from studio.nets.zoo import NETWORKS
from studio.training.settings import TrainSettings

STEPS = ("median radius=3", "convolution kernel=sharpen", "sobel output=magnitude", "grey")


def write(path, values):
    path.write_text(values if isinstance(values, str) else json.dumps(values), encoding="utf-8")
    return path


@pytest.fixture
def saved():
    """The values of a good file."""
    return Document().model_dump(mode="json")


@given(
    picture=some.text(min_size=1),
    steps=some.lists(some.sampled_from(STEPS)),
    epochs=some.integers(1, 100),
    rate=some.floats(1e-9, 10),
)
def test_saved_and_loaded_is_the_same(tmp_path_factory, picture, steps, epochs, rate):
    picture = picture.encode("utf-8", "replace").decode()
    document = Document(
        picture=picture,
        chain=Chain(steps=tuple(parse_step(step) for step in steps)),
        model="lenet5",
        training=TrainSettings(epochs=epochs, learning_rate=rate),
    )
    path = tmp_path_factory.mktemp("document") / "lesson.json"
    assert save_document(document, path) == ""
    assert load_document(path) == document


@given(name=some.sampled_from(sorted(NETWORKS)), origin=some.text())
def test_an_own_network_is_kept(tmp_path_factory, name, origin):
    origin = origin.encode("utf-8", "replace").decode()
    document = Document(model=OWN, network=NETWORKS[name], origin=origin)
    path = tmp_path_factory.mktemp("document") / "lesson.json"
    save_document(document, path)
    assert load_document(path) == document


def test_layers_that_do_not_fit_yet_are_kept(tmp_path):
    network = Network(layers=({"kind": "dense", "units": 2}, {"kind": "conv"}))
    save_document(Document(model=OWN, network=network), tmp_path / "d.json")
    assert load_document(tmp_path / "d.json").network == network


def test_a_file_from_before_own_networks_is_read(tmp_path, saved):
    del saved["network"], saved["origin"]
    assert load_document(write(tmp_path / "d.json", saved)).network is None


def test_a_wrong_layer_is_named(tmp_path, saved):
    layers = [{"kind": "conv"}, {"kind": "conv", "stride": 0}]
    saved["network"] = {"layers": layers}
    with pytest.raises(DocumentError, match=r"d\.json: layer 2, conv: stride can't be 0"):
        load_document(write(tmp_path / "d.json", saved))


@pytest.mark.parametrize("values", [3, "lenet5", [], True])
def test_a_network_that_is_none_is_refused(tmp_path, saved, values):
    saved["network"] = values
    with pytest.raises(DocumentError, match=r"d\.json: network can't be"):
        load_document(write(tmp_path / "d.json", saved))


def test_weights_of_a_run_that_an_own_network_begins_with_are_lost(tmp_path):
    document = Document(model=OWN, network=NETWORKS["mlp"], origin=f"{RUN}1")
    assert "the trained model can't be kept" in save_document(document, tmp_path / "d.json")
    assert save_document(document.change(network=None), tmp_path / "d.json") == ""


def test_a_step_that_is_off_stays_off(tmp_path):
    step = parse_step("median radius=3").change(on=False)
    document = Document(chain=Chain(steps=(step,)))
    save_document(document, tmp_path / "d.json")
    assert load_document(tmp_path / "d.json").chain.steps[0].on is False


def test_the_file_is_readable_json(tmp_path):
    save_document(Document(picture="Küche.png"), tmp_path / "d.json")
    text = (tmp_path / "d.json").read_text(encoding="utf-8")
    assert "Küche.png" in text
    assert json.loads(text)["format"] == 1


def test_a_document_is_frozen():
    with pytest.raises(ValueError, match="frozen"):
        Document().picture = "cat"


def test_missing_settings_take_their_defaults(tmp_path):
    path = write(tmp_path / "d.json", {"format": 1, "picture": "cat"})
    assert load_document(path) == Document(picture="cat")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "not a document"),
        ("{", "not a document"),
        ("[]", "not a document"),
        ("3", "not a document"),
        ("{}", "not a document"),
        ('{"format": "1"}', "not a document"),
        ('{"format": 1, "training": {"learning_rate": NaN}}', "not a document"),
        ("[" * 100_000, "not a document"),
        ('{"format": 2}', "newer studio, in format 2"),
        ('{"format": 1, "colour": "red"}', "no setting 'colour'"),
        ('{"format": 1, "picture": 3}', "picture can't be 3"),
        ('{"format": 1, "training": {"epochs": 0}}', "epochs can't be 0"),
        ('{"format": 1, "training": {"network": "nope"}}', "nope"),
        ('{"format": 1, "training": 3}', "training can't be 3"),
        ('{"format": 1, "chain": {"steps": 3}}', "steps can't be 3"),
        ('{"format": 1, "chain": {"steps": [{"filter": {"kind": "blur"}}]}}', "no filter 'blur'"),
        (
            '{"format": 1, "chain": {"steps": [{"filter": {"kind": "median", "radius": -1}}]}}',
            "radius can't be -1",
        ),
    ],
)
def test_a_bad_file_is_refused_with_its_name(tmp_path, text, said):
    path = write(tmp_path / "lesson.json", text)
    with pytest.raises(DocumentError, match=r"lesson\.json") as caught:
        load_document(path)
    assert said in str(caught.value)


def test_files_that_are_none(tmp_path):
    with pytest.raises(DocumentError, match="no file"):
        load_document(tmp_path / "none.json")
    with pytest.raises(DocumentError, match="no file"):
        load_document(tmp_path / f"{'n' * 300}.json")  # longer than a name can be
    with pytest.raises(DocumentError, match="a folder, a pipe or a device"):
        load_document(tmp_path)
    (tmp_path / "binary.json").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(DocumentError, match=r"not a document.* it is not text"):
        load_document(tmp_path / "binary.json")
    (tmp_path / "deep.json").write_text("[" * 100_000)
    with pytest.raises(DocumentError, match="nested too deeply"):
        load_document(tmp_path / "deep.json")
    (tmp_path / "large.json").write_bytes(b" " * 5_000_000)
    with pytest.raises(DocumentError, match="too large"):
        load_document(tmp_path / "large.json")


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes here")
def test_a_pipe_does_not_hang(tmp_path):
    os.mkfifo(tmp_path / "pipe.json")
    with pytest.raises(DocumentError, match="a folder, a pipe or a device"):
        load_document(tmp_path / "pipe.json")


def test_a_refused_save_leaves_the_old_file(tmp_path, monkeypatch):
    path = tmp_path / "d.json"
    save_document(Document(picture="cat"), path)

    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(DocumentError, match=r"d\.json can't be written"):
        save_document(Document(picture="coins"), path)
    assert load_document(path).picture == "cat"
    assert [entry.name for entry in tmp_path.iterdir()] == ["d.json"]


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may write")
def test_a_folder_that_is_read_only(tmp_path):
    tmp_path.chmod(stat.S_IRUSR | stat.S_IXUSR)
    with pytest.raises(DocumentError, match="can't be written"):
        save_document(Document(), tmp_path / "d.json")


def test_what_the_file_cannot_keep_is_said(tmp_path):
    path = tmp_path / "d.json"
    assert "pasted picture" in save_document(Document(picture=f"{PASTED}1"), path)
    assert "trained model" in save_document(Document(model=f"{RUN}1"), path)
    both = save_document(Document(picture=f"{PASTED}1", model=f"{RUN}1"), path)
    assert "the pasted picture and the trained model" in both


def test_pictures_by_reference(tmp_path):
    assert load_picture("cat").words == "451 × 300, RGB, 8-bit"
    with pytest.raises(PictureError, match="pasted picture was not kept"):
        load_picture(f"{PASTED}1")
    with pytest.raises(PictureError):
        load_picture(str(tmp_path / "none.png"))


def test_a_change_is_checked():
    with pytest.raises(SettingError, match="model"):
        Document().change(model=3)
