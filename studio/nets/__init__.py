"""Networks: layer kinds, a network as a list of layers, its table and its torch module."""

from studio.nets.layer import Flat, Layer, Size, Window
from studio.nets.layers import LAYERS

__all__ = ["LAYERS", "Flat", "Layer", "Size", "Window"]
