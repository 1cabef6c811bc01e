"""HTML that is whole by construction: elements, whose texts are escaped when they are written."""

import re
from collections.abc import Iterable
from xml.etree.ElementTree import Element, tostring

from studio.paths import RESOURCES

Content = Element | str | None | Iterable["Element | str | None"]

# What no HTML text may hold: control characters, and halves of a pair from undecoded file names.
_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")

# What is folded would otherwise be missing on paper, and not be seen where a link leads to it.
_UNFOLD = """
addEventListener("hashchange", () => {
  const one = document.getElementById(location.hash.slice(1));
  if (one) { one.open = true; one.scrollIntoView(); }
});
addEventListener("beforeprint", () => {
  for (const one of document.querySelectorAll("details:not([open])")) {
    one.open = true;
    addEventListener("afterprint", () => { one.open = false; }, { once: true });
  }
});
"""


def tag(name: str, /, *content: Content, **attributes: str | float | None) -> Element:
    """An element with what stands in it.

    Parameters
    ----------
    attributes
        Those that are None are left out; ``class_`` stands for ``class``, and other underscores
        for hyphens.
    """
    element = Element(name)
    for key, value in attributes.items():
        if value is not None:
            key = "class" if key == "class_" else key.replace("_", "-")
            element.set(key, clean(str(value)))
    for part in content:
        for one in (part,) if isinstance(part, str | Element) or part is None else part:
            _append(element, one)
    return element


def _append(element: Element, part: Element | str | None) -> None:
    if part is None:
        return
    if isinstance(part, Element):
        element.append(part)
    elif len(element):
        element[-1].tail = (element[-1].tail or "") + clean(part)
    else:
        element.text = (element.text or "") + clean(part)


def clean(text: str) -> str:
    """Text with what can't stand in a page replaced."""
    return _FORBIDDEN.sub("\ufffd", text)


def page(title: str, *content: Content) -> bytes:
    """A whole page that needs nothing but itself."""
    style = (RESOURCES / "report.css").read_text(encoding="utf-8")
    html = tag(
        "html",
        tag(
            "head",
            tag("meta", charset="utf-8"),
            tag("meta", name="viewport", content="width=device-width, initial-scale=1"),
            tag("meta", name="generator", content="Convolution Studio"),
            tag("title", title),
            tag("style", style),
        ),
        tag("body", *content, tag("script", _UNFOLD)),
        lang="en",
    )
    return b"<!doctype html>\n" + tostring(html, encoding="unicode", method="html").encode()


def table(
    head: Iterable[str], rows: Iterable[Iterable[Content]], words: int = 1, caption: str = ""
) -> Element:
    """A table that scrolls by itself where there is too little room.

    Parameters
    ----------
    words : int
        How many of the first columns hold words; the others hold numbers.
    """

    def place(column: int) -> str | None:
        return "words" if column < words else None

    body = [
        tag("tr", [tag("td", one, class_=place(column)) for column, one in enumerate(row)])
        for row in rows
    ]
    titles = [tag("th", one, class_=place(column), scope="col") for column, one in enumerate(head)]
    return tag(
        "div",
        tag(
            "table",
            tag("caption", caption) if caption else None,
            tag("thead", tag("tr", titles)),
            tag("tbody", body),
        ),
        class_="scroll",
    )


def folded(
    title: str, *content: Content, class_: str | None = None, id: str | None = None
) -> Element:
    """What is shown when it is asked for."""
    return tag("details", tag("summary", title), *content, class_=class_, id=id)
