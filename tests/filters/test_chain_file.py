import json

import pytest

from studio.document import Document, load_document, save_document
from studio.errors import DocumentError
from studio.filters.chain import Chain, parse_step
from studio.filters.chain_file import load_chain, save_chain

CHAIN = Chain(
    steps=(
        parse_step("grey"),
        parse_step("median radius=2 border=wrap").change(on=False),
        parse_step("convolution kernel='1/3 1/3 1/3' offset=0.1"),
    )
)


def test_and_back(tmp_path):
    path = tmp_path / "chain.json"
    save_chain(CHAIN, path)
    assert load_chain(path) == CHAIN
    kept = json.loads(path.read_text())
    assert kept["format"] == 1
    assert kept["steps"][0] == {"filter": {"kind": "grey"}, "on": True}


def test_the_chain_of_a_document(tmp_path):
    path = tmp_path / "lesson.json"
    save_document(Document(chain=CHAIN), path)
    assert load_chain(path) == CHAIN


def test_a_chain_is_no_document(tmp_path):
    path = tmp_path / "chain.json"
    save_chain(CHAIN, path)
    with pytest.raises(DocumentError, match=r"chain\.json is a chain of filters, not a document"):
        load_document(path)


def steps(*given):
    return json.dumps({"format": 1, "steps": given})


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "not a chain"),
        ("[]", "not a chain"),
        ("{}", "not a chain"),
        ('{"format": 1}', "not a chain"),
        ('{"format": 1, "chain": 3}', "not a chain"),
        ('{"format": true, "steps": []}', "not a chain"),
        ('{"format": 2, "steps": []}', "newer studio, in format 2"),
        ('{"format": 1, "steps": 3}', "steps can't be 3"),
        ('{"format": 1, "steps": [], "more": 1}', "no setting 'more'"),
        (steps(3), "step 1: 3 is no step"),
        (steps({"on": True}), "step 1: filter"),
        (steps({"filter": {"kind": "grey"}}, {"filter": {"kind": "b"}}), "step 2: there is no fil"),
        (
            steps({"filter": {"kind": "grey"}}, {"filter": {"kind": "median", "radius": 0}}),
            "step 2: median: radius can't be 0",
        ),
        (steps({"filter": {"kind": "median", "size": 3}}), "step 1: median: there is no setting"),
        (steps({"filter": {"kind": "grey"}, "on": "perhaps"}), "step 1: on can't be 'perhaps'"),
        (steps({"filter": 3}), "step 1: filter can't be 3"),
        (
            '{"format": 1, "picture": "cat", "chain": {"steps": [{"filter": {"kind": "x"}}]}}',
            "step 1: there is no filter 'x'",
        ),
    ],
)
def test_a_wrong_file_is_refused_with_file_step_filter_and_setting(tmp_path, text, said):
    path = tmp_path / "mine.json"
    path.write_text(text)
    with pytest.raises(DocumentError, match=r"^mine\.json") as caught:
        load_chain(path)
    assert said in str(caught.value)


def test_a_document_s_message_names_the_step_too(tmp_path):
    path = tmp_path / "lesson.json"
    chain = {"steps": [{"filter": {"kind": "median", "radius": 99}}]}
    path.write_text(json.dumps({"format": 1, "chain": chain}))
    with pytest.raises(DocumentError, match=r"^lesson\.json: step 1: median: radius can't be 99"):
        load_document(path)


def test_a_chain_too_large_to_be_read_again_is_not_written(tmp_path):
    path = tmp_path / "huge.json"
    save_chain(CHAIN, path)
    kernel = parse_step("convolution").filter.change(kernel=[[1 / 3] * 63] * 63)
    huge = Chain(steps=tuple(CHAIN.steps[0].change(filter=kernel) for _ in range(40)))
    with pytest.raises(DocumentError, match=r"huge\.json can't be written: it would be larger"):
        save_chain(huge, path)
    assert load_chain(path) == CHAIN


def test_a_folder_that_is_not_there(tmp_path):
    with pytest.raises(DocumentError, match="no such folder"):
        save_chain(CHAIN, tmp_path / "none" / "chain.json")
    with pytest.raises(DocumentError, match="no file"):
        load_chain(tmp_path / "none.json")
