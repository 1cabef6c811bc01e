"""Which layers have a block, and where the blocks stand."""

import pytest

from studio.nets.layer import Size
from studio.nets.network import Network
from studio.nets.row import Row
from studio.nets.zoo import NETWORKS
from studio.window.network.block_graph import BlockGraph
from studio.window.network.look import table


def rows_of(*layers):
    return table(Network(input=Size(3, 32, 32), layers=tuple(layers)))


def conv(filters=8, **more):
    return {"kind": "conv", "filters": filters, "padding": 1, **more}


def titles(rows, row=1):
    return [node.title for node in BlockGraph(rows).picture(row).nodes]


def links(picture):
    names = [node.title.rpartition(" · ")[2] for node in picture.nodes]
    return {(names[edge.start], names[edge.end], edge.is_shortcut) for edge in picture.edges}


def test_a_line_of_layers():
    picture = BlockGraph(table(NETWORKS["lenet5"])).picture(1)
    assert [node.column for node in picture.nodes] == list(range(8))
    assert [(edge.start, edge.end) for edge in picture.edges] == [(n, n + 1) for n in range(7)]
    assert not any(edge.is_shortcut for edge in picture.edges)


@pytest.mark.parametrize("name", sorted(NETWORKS))
def test_every_row_has_one_block_whatever_is_open(name):
    rows = table(NETWORKS[name])
    graph = BlockGraph(rows)
    for row in range(0, len(rows), 7):
        nodes = graph.picture(row).nodes
        found = sorted(number for node in nodes for number in node.rows)
        assert found == list(range(len(rows)))
        assert sum(node.weights for node in nodes) == sum(row.weights for row in rows)
        places = [(node.column, node.lane) for node in nodes]
        assert len(set(places)) == len(places)


def test_what_comes_in_goes_over_the_body_of_a_residual_block():
    rows = rows_of(conv(8), {"kind": "residual", "filters": 8})
    picture = BlockGraph(rows).picture(1)
    assert {node.lane for node in picture.nodes} == {0}
    assert ("Conv", "Add", True) in links(picture)
    assert ("Conv 2", "Add", False) in links(picture)
    assert picture.nodes[-1].is_join


def test_a_shortcut_with_weights_has_a_lane():
    rows = rows_of(conv(8), {"kind": "residual", "filters": 16, "stride": 2})
    picture = BlockGraph(rows).picture(1)
    lanes = {node.title: node.lane for node in picture.nodes if node.lanes == 2}
    assert sorted(lanes.values()) == [0, 0, 0, 1]
    assert not any(edge.is_shortcut for edge in picture.edges)


def test_branches_stand_above_each_other():
    rows = rows_of(conv(8), {"kind": "inception"})
    picture = BlockGraph(rows).picture(1)
    inside = [node for node in picture.nodes if node.lanes > 1]
    assert {node.lanes for node in inside} == {4}
    assert len([node for node in inside if node.column == 2]) == 4
    join = len(picture.nodes) - 1
    assert len([edge for edge in picture.edges if edge.end == join]) == 4
    assert not any(edge.is_shortcut for edge in picture.edges)


def test_what_repeats_in_a_long_network_is_one_block():
    rows = table(NETWORKS["resnet-56"])
    assert titles(rows, 0) == [
        *("Input", "Conv", "Res 1 ×9", "Res 10", "Res 11 ×8", "Res 19", "Res 20 ×8"),
        *("Pool", "Dense"),
    ]


def test_a_block_opens_where_the_current_layer_is():
    rows = table(NETWORKS["resnet-56"])
    names = [row.name for row in rows]
    picture = BlockGraph(rows).picture(names.index("res14.body.conv2"))
    shown = [node.title for node in picture.nodes]
    assert shown[4:9] == [
        *("Res 11 ×3", "Res 14 · Conv 1", "Res 14 · Conv 2", "Res 14 · Add", "Res 15 ×4")
    ]
    assert picture.nodes[picture.node_of(names.index("res14.body.relu1"))].title == shown[5]
    first = picture.nodes[4]
    assert names[first.rows[0]].startswith("res11.")
    assert names[first.rows[-1]].startswith("res13.")


def test_a_short_network_is_never_folded():
    rows = rows_of(*[conv(8) for _ in range(20)])
    assert len(titles(rows)) == 21


def test_layers_that_repeat_without_a_block_fold_too():
    rows = rows_of(*[conv(8) for _ in range(40)])
    assert titles(rows, 0) == ["Input", "Conv 1 ×40"]
    assert titles(rows, 5) == ["Input", "Conv 1 ×4", "Conv 5", "Conv 6 ×35"]


def line(name, *inputs, kind="conv", weights=1, block=""):
    size = Size(4, 8, 8)
    place = ((1, 1), (1, 1), (0, 0))
    return Row(name, kind, name, "", size, weights, 0, *place, inputs=inputs, block=block)


def test_a_weighted_sum_of_one_thing_is_no_join():
    """Scales and class tokens of published networks: their other input is a parameter."""
    rows = [
        line("input", kind="input", weights=0),
        line("a", "input"),
        line("scale", "a", kind="multiply", weights=4),
        line("sum", "scale", "a", kind="add", weights=0),
        line("b", "sum"),
    ]
    assert titles(rows) == ["input", "a", "b"]


def test_blocks_without_a_branch_are_named_by_what_their_rows_share():
    rows = [line("input", kind="input", weights=0)]
    for number in range(20):
        before = rows[-1].name
        path, block = f"features.{number}", f"Block {number}"
        rows += [
            line(f"{path}.0", before, block=block),
            line(f"{path}.1", f"{path}.0", block=block),
        ]
    assert titles(rows, 0) == ["input", "Block 0 ×20"]
    assert titles(rows, 4)[:4] == ["input", "Block 0", "features.1.0", "features.1.1"]


def test_connections_from_all_layers_before():
    """A dense block: each layer is given what all before it gave."""
    rows = [line("input", kind="input", weights=0), line("a", "input")]
    feeders = ["a"]
    for name in "bcd":
        rows += [line(f"cat-{name}", *feeders, kind="concat", weights=0)]
        rows += [line(name, f"cat-{name}")]
        feeders.append(name)
    rows += [line("cat", *feeders, kind="concat", weights=0), line("end", "cat")]
    picture = BlockGraph(rows).picture(1)
    assert [node.title for node in picture.nodes] == [
        *("input", "a", "b", "cat-c", "c", "cat-d", "d", "cat", "end")
    ]
    assert {node.lane for node in picture.nodes} == {0}
    assert len([edge for edge in picture.edges if edge.is_shortcut]) == 6


def test_nothing():
    picture = BlockGraph(()).picture(0)
    assert (picture.nodes, picture.edges, picture.node_of(0)) == ((), (), -1)
