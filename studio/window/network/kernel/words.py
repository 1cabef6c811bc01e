"""Kernels in words."""

import math

from studio.image.write import number
from studio.nets.row import Row
from studio.window.network.facts import channel_words, unit_words
from studio.window.network.kernel.study import ALL, BEFORE, INITIAL, Study
from studio.window.translate import tr

_NORM = "The root of the sum of all its squared weights: how strong the kernel is"
_CHANGE = "Norm of what training added to the kernel, and its share of the norm before"
_COSINE = "How alike the patterns are now and then: 1 the same, 0 unlike, −1 opposite"
_SINCE = {INITIAL: lambda: tr("since the start"), BEFORE: lambda: tr("since the epoch before")}
_WITH = {INITIAL: lambda: tr("with the start"), BEFORE: lambda: tr("with the epoch before")}


def count_words(study: Study) -> str:
    """How many kernels a layer has, of which size."""
    kernels = study.kernels
    height, width = kernels.size
    if kernels.size == (1, 1) and kernels.is_dense:
        words = tr("{count} units × {inputs} inputs")
        return words.format(count=f"{kernels.count:,}", inputs=f"{kernels.inputs:,}")
    words = f"{kernels.count:,} × {kernels.inputs:,} × {height} × {width}"
    if kernels.is_depthwise:
        return tr("{size}, depthwise").format(size=words)
    if kernels.groups > 1:
        return tr("{size}, {count} groups").format(size=words, count=kernels.groups)
    return words


def input_words(study: Study, source: Row, output: int, input: int) -> str:
    """Which of its inputs is shown of a kernel."""
    kernels = study.kernels
    if input == ALL:
        if kernels.in_colour:
            return tr("Red, green and blue") if kernels.inputs > 1 else tr("Grey")
        return tr("Mean over {count} inputs").format(count=f"{kernels.inputs:,}")
    index = kernels.source_of(output, input)
    is_flat = source.output.flat
    words = unit_words(source, index, 0, 0) if is_flat else channel_words(source, index)
    return tr("For {input}").format(input=f"{words[:1].lower()}{words[1:]}")


def kernel_facts(study: Study, output: int, since: str) -> list[tuple[str, ...]]:
    """What is known about one kernel, as label and words, and what hard words mean."""
    kernels = study.kernels
    facts: list[tuple[str, ...]] = [(tr("Norm"), number(float(study.norms[output])), tr(_NORM))]
    facts.append((tr("Mean weight"), number(float(study.means[output]))))
    if kernels.bias is not None:
        facts.append((tr("Bias"), number(float(kernels.bias[output]))))
    if study.dead[output]:
        facts.append((tr("Dead"), tr("its norm is under 1 % of the layer's largest")))
    if study.silent[output]:
        words = tr("zero all over this picture behind {layer}")
        facts.append((tr("Silent"), words.format(layer=study.silenced_by)))
    if since in study.changes:
        change = study.changes[since]
        share, cosine = float(change.shares[output]), float(change.cosines[output])
        words = number(float(change.norms[output]))
        if math.isfinite(share):
            words = f"{words} ({100 * share:.0f} %)"
        facts.append((tr("Change"), f"{words} {_SINCE[since]()}", tr(_CHANGE)))
        if not math.isnan(cosine):
            words = f"{cosine:.3f} {_WITH[since]()}".replace("-", "−")
            facts.append((tr("Cosine"), words, tr(_COSINE)))
    return facts


def since_words(since: str) -> str:
    """What kernels are compared with."""
    return {INITIAL: tr("Start"), BEFORE: tr("Epoch before")}[since]
