"""Methods that follow the gradient of the logit back to the input."""

import warnings
from collections.abc import Iterator
from typing import ClassVar

import numpy as np

from studio.declare import SELDOM, option
from studio.errors import NetworkError
from studio.insight.attribution.method import Asked, Method, Part, to_array


class Saliency(Method):
    """The gradient as it is."""

    kind: ClassVar[str] = "saliency"
    title: ClassVar[str] = "Saliency"
    summary: ClassVar[str] = "How much the answer would change with each pixel, seen from here."
    formula: ClassVar[str] = "|∂z / ∂x|, the largest of the channels"
    source: ClassVar[str] = "Simonyan, Vedaldi and Zisserman, 2013"
    caveat: ClassVar[str] = (
        "It shows where a small change would act, not what made the answer, and is noisy: the "
        "slope holds only close to this picture."
    )

    def parts(self, asked: Asked) -> Iterator[Part]:
        from captum.attr import Saliency as Captum

        given = asked.values.clone().requires_grad_()
        found = Captum(asked.logits).attribute(given, target=asked.index, abs=False)
        yield Part(1.0, to_array(found))


class SmoothGrad(Method):
    """The mean gradient of noisy copies."""

    kind: ClassVar[str] = "smoothgrad"
    title: ClassVar[str] = "SmoothGrad"
    summary: ClassVar[str] = "The gradient averaged over noisy copies, which calms it."
    formula: ClassVar[str] = "|mean of ∂z / ∂x at x + noise|, the largest of the channels"
    source: ClassVar[str] = "Smilkov et al., 2017"
    caveat: ClassVar[str] = (
        "More noise gives a calmer map of a blurrier question: it explains the answers to the "
        "noisy copies."
    )

    samples: int = option(32, "Samples", "How many noisy copies.", low=1, high=1000)
    noise: float = option(
        0.15,
        "Noise",
        "Standard deviation of the noise, as a share of the input's range.",
        low=0.0,
        high=1.0,
        step=0.01,
    )
    seed: int = option(
        0, "Seed", "Another seed draws other noise.", low=0, high=2**31 - 1, group=SELDOM
    )

    def parts(self, asked: Asked) -> Iterator[Part]:
        import torch
        from captum.attr import Saliency as Captum

        # Captum's NoiseTunnel draws from torch's own generator, which a training run may be using.
        rng = np.random.default_rng(self.seed)
        scale = self.noise * float(asked.values.max() - asked.values.min())
        total = np.zeros(asked.values.shape[1:], np.float64)
        done = 0
        while done < self.samples:
            count = min(asked.batch, self.samples - done)
            shape = (count, *asked.values.shape[1:])
            noise = torch.from_numpy(rng.standard_normal(shape, np.float32) * np.float32(scale))
            noisy = (asked.values + noise.to(asked.values.device)).requires_grad_()
            found = Captum(asked.logits).attribute(noisy, target=asked.index, abs=False)
            total += found.sum(0).double().numpy(force=True)
            done += count
            yield Part(done / self.samples, np.asarray(total / done, np.float32))


class GuidedBackpropagation(Method):
    """The gradient through a network whose ReLUs also stop negative gradients."""

    kind: ClassVar[str] = "guided_backpropagation"
    title: ClassVar[str] = "Guided backpropagation"
    summary: ClassVar[str] = "The gradient, of which every ReLU lets only positive parts back."
    formula: ClassVar[str] = "at each ReLU: gradient back = max(0, gradient) where its input is > 0"
    source: ClassVar[str] = "Springenberg et al., 2014"
    caveat: ClassVar[str] = (
        "Sharp, but it looks much the same for every class: it restores edges of the picture "
        "rather than explaining the answer (Adebayo et al., 2018)."
    )

    def parts(self, asked: Asked) -> Iterator[Part]:
        from captum.attr import GuidedBackprop

        from studio.insight.logits import Logits

        guided = Logits(asked.steps, is_guided=True)
        if not len(guided.relus):
            raise NetworkError(
                "the network has no ReLU for guided backpropagation to act on",
                "Take saliency: without ReLUs the two are the same",
            )
        given = asked.values.clone().requires_grad_()
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", "Setting backward hooks on ReLU")
            found = GuidedBackprop(guided).attribute(given, target=asked.index)
        yield Part(1.0, to_array(found))
