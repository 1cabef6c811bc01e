"""Convolution Studio: hand-made kernels and learned ones, seen number by number."""

from studio.image.limits import limit_opencv

__version__ = "0.1.0"

limit_opencv()  # has to come before the first import of cv2, wherever that is
