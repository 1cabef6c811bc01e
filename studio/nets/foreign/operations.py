"""The operations of torch that a program from elsewhere may hold: those that only compute.

None of them can reach a file, the network or code.
"""

import re

_NAME = re.compile(r"aten\.([a-z0-9_]+?)(_?)\.([A-Za-z0-9_]+)")
_COMPUTING = frozenset(
    """
    _adaptive_avg_pool2d _convolution _log_softmax _native_batch_norm_legit_no_training _softmax
    _to_copy _unsafe_view abs adaptive_avg_pool2d adaptive_max_pool2d add addmm alias alpha_dropout
    amax amin argmax avg_pool2d baddbmm batch_norm bmm cat ceil channel_shuffle chunk clamp
    clamp_max clamp_min clone constant_pad_nd contiguous conv2d conv_transpose2d convolution cos
    detach div dropout elu eq exp expand expand_as feature_dropout flatten floor floor_divide
    full_like gather ge gelu group_norm gt hardsigmoid hardswish hardtanh im2col index_select
    instance_norm layer_norm le leaky_relu linalg_vector_norm linear log log_softmax logsumexp lt
    matmul max max_pool2d max_pool2d_with_indices maximum mean min minimum mish mm mul narrow
    native_batch_norm native_group_norm native_layer_norm ne neg ones_like pad permute
    pixel_shuffle pixel_unshuffle pow prelu reciprocal reflection_pad2d relu relu6
    replication_pad2d reshape roll rsqrt rsub scalar_tensor
    scaled_dot_product_attention select sigmoid sign
    silu sin slice softmax softplus split split_with_sizes sqrt square squeeze stack std sub sum
    sym_size t tanh to transpose type_as unbind unflatten unsqueeze upsample_bicubic2d
    upsample_bilinear2d upsample_nearest2d var view view_as where zeros_like
    """.split()  # noqa: SIM905 (a table, not a list)
)
# Arithmetic with sizes, and taking one of several results.
_PLAIN = frozenset(f"_operator.{name}" for name in ("add", "sub", "mul", "floordiv", "getitem"))


def is_known(op: str) -> bool:
    """Whether an operation, such as ``aten.conv2d.default``, is one that only computes."""
    found = _NAME.fullmatch(op)
    return op in _PLAIN or (found is not None and found.group(1) in _COMPUTING)


def computes(name: str) -> bool:
    """Whether a function of torch, such as ``relu`` or ``relu_``, only computes."""
    return name in _COMPUTING or name.removesuffix("_") in _COMPUTING


def in_place_name(op: str) -> str:
    """The operation that gives a new tensor in place of one that changes what it is given.

    Examples
    --------
    >>> in_place_name("aten.relu_.default"), in_place_name("aten.relu.default")
    ('aten.relu.default', '')
    """
    found = _NAME.fullmatch(op)
    return f"aten.{found.group(1)}.{found.group(3)}" if found and found.group(2) else ""
