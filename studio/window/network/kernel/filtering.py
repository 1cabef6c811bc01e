"""A learned kernel as the filter of a document."""

from studio.document import Document
from studio.filters import FILTERS
from studio.filters.chain import Chain, Step
from studio.insight.kernel_filter import Slice, as_filter, kernel_slice
from studio.insight.kernels import Kernels


def with_kernel(document: Document, kernels: Kernels, output: int, input: Slice) -> Document:
    """The document with one kernel applied to the grey picture; its other filters are off.

    Raises
    ------
    SettingError
        When the kernel is larger than a filter's may be.
    """
    made = as_filter(kernel_slice(kernels, output, input), kernels.row.window)
    kept = [step.change(on=False) for step in _others(document.chain)]
    steps = (*kept, Step(filter=FILTERS["grey"].build()), Step(filter=made))
    return document.change(chain=Chain(steps=steps))


def _others(chain: Chain) -> tuple[Step, ...]:
    """The steps of a chain but for the two that an earlier kernel left, where only they are on."""
    on = [place for place, step in enumerate(chain.steps) if step.on]
    kinds = [step.filter.kind for step in chain.steps[-2:]]
    last = [len(chain.steps) - 2, len(chain.steps) - 1]
    return chain.steps[:-2] if on == last and kinds == ["grey", "convolution"] else chain.steps
