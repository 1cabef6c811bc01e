"""Which layers of a network have a block in its picture, and where each one stands."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import takewhile

from studio.nets.layer import Size
from studio.nets.row import INPUT, Row

_MOST_COLUMNS = 26  # beyond that, what repeats is one block
_LONGEST_PERIOD = 2  # blocks that are looked for as something that repeats
_TOKENS = 2  # dimensions of a result: tokens x values
_JOINS = ("add", "multiply", "concat")


@dataclass(frozen=True)
class Node:
    """One block of the picture.

    Attributes
    ----------
    rows : tuple of int
        The numbers of the table's rows that it stands for, in order.
    title : str
    kind : str
        Of its layer, or of the layer it ends with.
    output : Size
    is_vector : bool
        Whether it gives a vector, or one for each token: tokens x values.
    weights : int
        Of all its rows.
    is_join : bool
        Whether branches meet in it, and nothing else happens.
    units : int
        How many equal parts it stands for; 0 for a single layer.
    column, lane : int
        Where it stands, from the left and from above.
    lanes : int
        How many stand above each other in its part of the picture.
    part : int
        The part that it belongs to: those of one part share their words where there are lanes.
    """

    rows: tuple[int, ...]
    title: str
    kind: str
    output: Size
    is_vector: bool
    weights: int
    is_join: bool = False
    units: int = 0
    column: int = 0
    lane: int = 0
    lanes: int = 1
    part: int = 0


@dataclass(frozen=True)
class Edge:
    """A connection between two nodes, by their places in the picture.

    Attributes
    ----------
    is_shortcut : bool
        Whether it passes over other nodes.
    """

    start: int
    end: int
    is_shortcut: bool = False


@dataclass(frozen=True)
class Picture:
    """Blocks in the order of the table, and what connects them."""

    nodes: tuple[Node, ...] = ()
    edges: tuple[Edge, ...] = ()
    part_titles: tuple[str, ...] = ()

    def node_of(self, row: int) -> int:
        """The place of the node that stands for a row of the table; −1 without one."""
        for place, node in enumerate(self.nodes):
            if row in node.rows:
                return place
        return -1


class BlockGraph:
    """The layers of a table that have a block, and the parts that they form.

    A part is one layer that all data flows through, or what lies between two such layers: the
    branches of a block and the join where they meet.
    """

    def __init__(self, rows: Sequence[Row]) -> None:
        self._rows = tuple(rows)
        self._nodes: list[Node] = []
        self._feeders: list[tuple[int, ...]] = []
        self._find_nodes()
        self._parts = self._find_parts()
        self._units = self._find_units()
        self._stretches = self._find_stretches()
        # A network that is long is shown in parts; in a short one every layer is seen.
        self._is_long = sum(self._width_of(part) for part in self._parts) > _MOST_COLUMNS

    @property
    def tallest(self) -> int:
        """The longer side of the largest maps, in units."""
        sides = [max(node.output[1:]) for node in self._nodes if not node.is_vector]
        return max([1, *sides])

    def picture(self, row: int) -> Picture:
        """The blocks: all layers of a short network, of a long one those around a row."""
        nodes: list[Node] = []
        edges: list[Edge] = []
        titles: list[str] = []
        column = 0
        shown: list[tuple[list[range], int]]  # parts, and as how many equal ones they are folded
        for first, period, count in self._stretches:
            units = [
                [*_flat(self._units[first + turn * period : first + (turn + 1) * period])]
                for turn in range(count)
            ]
            here = [any(self._has_row(part, row) for part in unit) for unit in units]
            is_layer = sum(len(part) for unit in units for part in unit) == 1
            if not self._is_long:
                shown = [(unit, 0) for unit in units]
            elif is_layer or not any(here):
                shown = [([*_flat(units)], 0 if is_layer else count)]
            else:
                chosen = here.index(True)
                shown = [([*_flat(units[:chosen])], chosen)] if chosen else []
                shown.append((units[chosen], 0))
                if chosen + 1 < count:
                    shown.append(([*_flat(units[chosen + 1 :])], count - chosen - 1))
            for parts, units_in_one in shown:
                if units_in_one:
                    column = self._add_folded(nodes, edges, titles, parts, units_in_one, column)
                else:
                    for part in parts:
                        column = self._add_part(nodes, edges, titles, part, column)
        return Picture(tuple(nodes), tuple(edges), tuple(titles))

    # What there is

    def _find_nodes(self) -> None:
        home: dict[str, int] = {}  # the node that a row's result comes from
        members: list[list[int]] = []
        for number, row in enumerate(self._rows):
            before = [home[name] for name in row.inputs if name in home]
            if not row.inputs and row.kind != INPUT and self._nodes:
                if row.kind == "parameter":
                    continue
                before = [len(self._nodes) - 1]
            feeders = tuple(dict.fromkeys(before))
            is_join = len(feeders) > 1 and not row.weights
            if feeders and not is_join and not _is_shown(row):
                home[row.name] = feeders[0]
                members[feeders[0]].append(number)
                continue
            home[row.name] = len(self._nodes)
            members.append([number])
            is_vector = row.output.flat or len(row.shape) == _TOKENS
            self._nodes.append(Node((), row.title, row.kind, row.output, is_vector, 0, is_join))
            self._feeders.append(feeders)
        for place, numbers in enumerate(members):
            weights = sum(self._rows[number].weights for number in numbers)
            self._nodes[place] = replace(self._nodes[place], rows=tuple(numbers), weights=weights)

    def _find_parts(self) -> list[range]:
        """Nodes that nothing passes by end a part; each part reaches from behind the last one."""
        parts, first, farthest = [], 0, 0
        reach = list(range(len(self._nodes)))
        for place, feeders in enumerate(self._feeders):
            for feeder in feeders:
                reach[feeder] = max(reach[feeder], place)
        for place in range(len(self._nodes)):
            if farthest <= place:
                parts.append(range(first, place + 1))
                first = place + 1
            farthest = max(farthest, reach[place])
        return parts

    def _find_units(self) -> list[list[range]]:
        """Parts of the same block of the table stay together."""
        units: list[list[range]] = []
        last = ""
        for part in self._parts:
            blocks = {self._rows[self._nodes[place].rows[0]].block for place in part}
            block = blocks.pop() if len(blocks) == 1 else ""
            if block and block == last:
                units[-1].append(part)
            else:
                units.append([part])
            last = block
        return units

    def _find_stretches(self) -> list[tuple[int, int, int]]:
        """First unit, units in what repeats, and how often that stands there."""
        signs = [tuple(map(self._sign_of, unit)) for unit in self._units]
        found, first = [], 0
        while first < len(signs):
            best = (1, 1)
            for period in range(1, _LONGEST_PERIOD + 1):
                unit, count = signs[first : first + period], 1
                while signs[first + count * period : first + (count + 1) * period] == unit:
                    count += 1
                if count > 1 and period * count > best[0] * best[1]:
                    best = (period, count)
            found.append((first, *best))
            first += best[0] * best[1]
        return found

    def _sign_of(self, part: range) -> tuple[object, ...]:
        """Equal for parts that do the same with maps of the same size."""
        return tuple(
            (
                self._nodes[place].kind,
                self._nodes[place].output,
                self._rows[self._nodes[place].rows[0]].window,
                tuple(place - feeder for feeder in self._feeders[place]),
            )
            for place in part
        )

    def _has_row(self, part: range, row: int) -> bool:
        return any(row in self._nodes[place].rows for place in part)

    def _width_of(self, part: range) -> int:
        return max(self._columns_in(part).values()) + 1

    def _columns_in(self, part: range) -> dict[int, int]:
        """The longest way through the part to each of its nodes."""
        columns: dict[int, int] = {}
        for place in part:
            inside = [columns[feeder] + 1 for feeder in self._feeders[place] if feeder in columns]
            columns[place] = max(inside, default=0)
        return columns

    # Where it stands

    def _add_part(
        self, nodes: list[Node], edges: list[Edge], titles: list[str], part: range, column: int
    ) -> int:
        """Put a part's layers into the picture; the first column behind them."""
        columns = self._columns_in(part)
        lanes = self._lanes_in(part, columns)
        count = max(lanes.values()) + 1
        entry, first = len(nodes) - 1, len(nodes)
        places = {place: first + step for step, place in enumerate(part)}
        for place in part:
            nodes.append(
                replace(
                    self._nodes[place],
                    column=column + columns[place],
                    lane=lanes[place],
                    lanes=count,
                    part=len(titles),
                )
            )
            for feeder in self._feeders[place]:
                inside = feeder in places
                if inside:
                    between = range(columns[feeder] + 1, columns[place])
                    passed = [
                        lanes[one] == lanes[feeder] for one in part if columns[one] in between
                    ]
                    edge = Edge(places[feeder], places[place], any(passed))
                else:
                    edge = Edge(entry, places[place], columns[place] > 0)
                edges.append(edge)
        titles.append(self._title_of([part]))
        return column + self._width_of(part)

    def _add_folded(
        self,
        nodes: list[Node],
        edges: list[Edge],
        titles: list[str],
        parts: Sequence[range],
        units: int,
        column: int,
    ) -> int:
        """Put one block into the picture for equal units; the first column behind it."""
        inside = [self._nodes[place] for part in parts for place in part]
        title = self._title_of(parts[: len(parts) // units])
        if nodes:
            edges.append(Edge(len(nodes) - 1, len(nodes)))
        nodes.append(
            replace(
                inside[-1],
                rows=tuple(sorted(number for node in inside for number in node.rows)),
                title=f"{title} ×{units}" if units > 1 else title,
                weights=sum(node.weights for node in inside),
                is_join=False,
                units=units,
                column=column,
                part=len(titles),
            )
        )
        titles.append(title)
        return column + 1

    def _lanes_in(self, part: range, columns: dict[int, int]) -> dict[int, int]:
        """A branch goes on in its lane; a new one takes the first that is free."""
        lanes: dict[int, int] = {}
        ends: list[int] = []  # the last column taken in each lane
        for place in part:
            column = columns[place]
            before = [lanes[feeder] for feeder in self._feeders[place] if feeder in lanes]
            free = [lane for lane in before if ends[lane] < column]
            if not before:
                free = [lane for lane, end in enumerate(ends) if end < column]
            lane = min(free) if free else len(ends)
            if lane == len(ends):
                ends.append(column)
            lanes[place], ends[lane] = lane, column
        return lanes

    def _title_of(self, parts: Sequence[range]) -> str:
        inside = [self._nodes[place] for part in parts for place in part]
        if len(inside) == 1:
            return inside[0].title
        rows = [self._rows[node.rows[0]] for node in inside]
        blocks = [row.block for row in rows if row.block]
        names = [row.name for row in rows]
        return _common(blocks) or _common(names) or inside[0].title


def _flat(units: Sequence[Sequence[range]]) -> Iterator[range]:
    for unit in units:
        yield from unit


def _common(paths: Sequence[str]) -> str:
    """What paths of names with dots between them begin with."""
    steps = zip(*(path.split(".") for path in paths), strict=False)
    same = takewhile(lambda names: len(set(names)) == 1, steps)
    return ".".join(names[0] for names in same)


def _is_shown(row: Row) -> bool:
    """Layers that learn weights, and pooling; normalisation belongs to what it comes after."""
    if row.kind == INPUT or row.kind.endswith("pool"):
        return True
    if row.kind in ("conv", "dense"):
        return True
    return row.weights > 0 and "norm" not in row.kind and row.kind not in _JOINS
