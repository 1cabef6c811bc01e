"""Where a view of a picture looks: zoom and place, without a widget."""

from typing import NamedTuple

from PySide6.QtCore import QPoint, QPointF, QSize, QSizeF

MOST = 64.0  # device-independent pixels per picture pixel
MARGIN = 6  # around a picture that fits, in device pixels


class Aim(NamedTuple):
    """What linked views share.

    `scale` is device pixels per picture pixel; (`x`, `y`) is what stands in the middle, in picture
    pixels from the picture's own middle, so that a result without its border stays aligned.
    `fitted` stands for whatever scale shows the whole picture.
    """

    scale: float = 1.0
    x: float = 0.0
    y: float = 0.0
    fitted: bool = True


class Sight(NamedTuple):
    """A picture in a view, whose size is in device pixels.

    The `largest` of the linked pictures has to fit into `room`, the smallest of their views;
    `ratio` is device pixels per device-independent one.
    """

    view: QSizeF
    picture: QSize
    room: QSizeF
    largest: QSize
    aim: Aim
    ratio: float = 1.0

    @property
    def most(self) -> float:
        """The largest scale, at which numbers fit into the pixels on any screen."""
        return MOST * self.ratio

    @property
    def fit_scale(self) -> float:
        if self.largest.isEmpty():
            return 1.0
        across = max(1.0, self.room.width() - 2 * MARGIN) / self.largest.width()
        down = max(1.0, self.room.height() - 2 * MARGIN) / self.largest.height()
        return min(across, down, self.most)

    def limited(self, scale: float) -> float:
        return min(max(scale, min(1.0, self.fit_scale) / 4), self.most)

    def middle(self, scale: float, x: float, y: float) -> tuple[float, float]:
        """The nearest middle that leaves no gap beside a large picture and cuts no small one."""
        free_x = abs(self.picture.width() - self.view.width() / scale) / 2
        free_y = abs(self.picture.height() - self.view.height() / scale) / 2
        return min(max(x, -free_x), free_x), min(max(y, -free_y), free_y)

    def allowed(self, aim: Aim) -> Aim:
        """The aim with its scale in the limits and the picture in sight."""
        if aim.fitted:
            return Aim(self.fit_scale)
        scale = self.limited(aim.scale)
        return Aim(scale, *self.middle(scale, aim.x, aim.y), False)

    def zoomed(self, scale: float, about: QPointF) -> Aim:
        """The aim after a zoom that leaves what stands at `about` where it is."""
        scale, now = self.limited(scale), self.aim.scale
        x, y = self.middle(now, self.aim.x, self.aim.y)
        arm_x, arm_y = about.x() - self.view.width() / 2, about.y() - self.view.height() / 2
        return Aim(scale, x + arm_x / now - arm_x / scale, y + arm_y / now - arm_y / scale, False)

    def panned(self, dx: float, dy: float) -> Aim:
        """The aim after the picture was moved by device pixels."""
        scale = self.aim.scale
        return Aim(scale, self.aim.x - dx / scale, self.aim.y - dy / scale, False)

    @property
    def origin(self) -> QPoint:
        """Where the picture's upper left corner is; whole pixels keep it sharp."""
        scale = self.aim.scale
        x, y = self.middle(scale, self.aim.x, self.aim.y)
        return QPoint(
            round(self.view.width() / 2 - (self.picture.width() / 2 + x) * scale),
            round(self.view.height() / 2 - (self.picture.height() / 2 + y) * scale),
        )

    def pixel_at(self, place: QPointF) -> QPoint | None:
        """The picture pixel at a place of the view."""
        x = int((place.x() - self.origin.x()) // self.aim.scale)
        y = int((place.y() - self.origin.y()) // self.aim.scale)
        inside = 0 <= x < self.picture.width() and 0 <= y < self.picture.height()
        return QPoint(x, y) if inside else None

    def place_of(self, x: float, y: float) -> QPointF:
        """The place in the view of a point of the picture."""
        return QPointF(self.origin) + QPointF(x, y) * self.aim.scale
