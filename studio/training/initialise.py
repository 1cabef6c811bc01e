"""How weights are drawn before anything is learned."""

from torch import nn

from studio.nets.architecture import Architecture
from studio.nets.hand_made import put_in
from studio.nets.layer import number_layers
from studio.nets.layers.convolution import Conv
from studio.nets.network import Network
from studio.training.sections import NetworkSettings

_DEVIATION = 0.01


def initialise(module: nn.Module, settings: NetworkSettings, network: Architecture) -> None:
    """Draw the weights of dense layers and convolutions anew, from torch's generator.

    With n values that lead into a unit, and m units that a value leads to (in both, a filter's
    whole kernels count):

    - torch: what the layers began with stays; uniform, with variance 1 / (3 n)
    - he: normal, with variance 2 / n (K. He et al., 2015)
    - glorot: uniform, with variance 2 / (n + m) (X. Glorot and Y. Bengio, 2010)
    - orthogonal: rows, or columns if there are more rows, at right angles and of length 1
      (A. Saxe et al., 2014)
    - normal: with a deviation of 0.01
    - dirac: the first filters of a convolution, as many as there are maps that come in, hand on
      one map each; further filters, and dense layers, as with torch (after S. Zagoruyko and
      N. Komodakis, DiracNets, 2017)

    Their biases become 0, except with torch. Frozen layers, normalisations and hand-made kernels
    stay as they are.

    Parameters
    ----------
    module : nn.Module
        Made by `network`.
    """
    if settings.initialisation == "torch":
        return
    for part in module.modules():
        if isinstance(part, nn.Linear | nn.Conv2d) and part.weight.requires_grad:
            _draw(part, settings.initialisation)
    if not isinstance(network, Network):
        return
    for layer, (name, _) in zip(network.layers, number_layers(network.layers), strict=True):
        convolution = module.get_submodule(name)
        if isinstance(layer, Conv) and isinstance(convolution, nn.Conv2d):
            put_in(layer.hand_made, convolution)


def _draw(part: nn.Linear | nn.Conv2d, way: str) -> None:
    match way:
        case "he":
            nn.init.kaiming_normal_(part.weight, nonlinearity="relu")
        case "glorot":
            nn.init.xavier_uniform_(part.weight)
        case "orthogonal":
            nn.init.orthogonal_(part.weight)
        case "normal":
            nn.init.normal_(part.weight, std=_DEVIATION)
        case "dirac":
            if isinstance(part, nn.Conv2d):
                seen = part.weight.shape[1]
                for filters in part.weight.detach().chunk(part.groups):
                    nn.init.dirac_(filters[:seen])
    if part.bias is not None:
        nn.init.zeros_(part.bias)
