"""The classifiers of torchvision, so that they can be listed without importing it."""

from collections.abc import Mapping
from typing import NamedTuple


class Known(NamedTuple):
    """A published network: its title, the side of its pictures, and how many weights it has.

    The side is that of torchvision's default weights; the weights are those for 1000 classes,
    without the auxiliary classifiers that are only used in training.
    """

    title: str
    side: int
    weights: int


_KNOWN = {
    "alexnet": ("AlexNet", 224, 61_100_840),
    "convnext_base": ("ConvNeXt Base", 224, 88_591_464),
    "convnext_large": ("ConvNeXt Large", 224, 197_767_336),
    "convnext_small": ("ConvNeXt Small", 224, 50_223_688),
    "convnext_tiny": ("ConvNeXt Tiny", 224, 28_589_128),
    "densenet121": ("DenseNet-121", 224, 7_978_856),
    "densenet161": ("DenseNet-161", 224, 28_681_000),
    "densenet169": ("DenseNet-169", 224, 14_149_480),
    "densenet201": ("DenseNet-201", 224, 20_013_928),
    "efficientnet_b0": ("EfficientNet-B0", 224, 5_288_548),
    "efficientnet_b1": ("EfficientNet-B1", 240, 7_794_184),
    "efficientnet_b2": ("EfficientNet-B2", 288, 9_109_994),
    "efficientnet_b3": ("EfficientNet-B3", 300, 12_233_232),
    "efficientnet_b4": ("EfficientNet-B4", 380, 19_341_616),
    "efficientnet_b5": ("EfficientNet-B5", 456, 30_389_784),
    "efficientnet_b6": ("EfficientNet-B6", 528, 43_040_704),
    "efficientnet_b7": ("EfficientNet-B7", 600, 66_347_960),
    "efficientnet_v2_l": ("EfficientNetV2-L", 480, 118_515_272),
    "efficientnet_v2_m": ("EfficientNetV2-M", 480, 54_139_356),
    "efficientnet_v2_s": ("EfficientNetV2-S", 384, 21_458_488),
    "googlenet": ("GoogLeNet", 224, 6_624_904),
    "inception_v3": ("Inception v3", 299, 23_834_568),
    "maxvit_t": ("MaxViT-T", 224, 30_919_624),
    "mnasnet0_5": ("MNASNet 0.5", 224, 2_218_512),
    "mnasnet0_75": ("MNASNet 0.75", 224, 3_170_208),
    "mnasnet1_0": ("MNASNet 1.0", 224, 4_383_312),
    "mnasnet1_3": ("MNASNet 1.3", 224, 6_282_256),
    "mobilenet_v2": ("MobileNetV2", 224, 3_504_872),
    "mobilenet_v3_large": ("MobileNetV3 Large", 224, 5_483_032),
    "mobilenet_v3_small": ("MobileNetV3 Small", 224, 2_542_856),
    "regnet_x_16gf": ("RegNetX 16 GF", 224, 54_278_536),
    "regnet_x_1_6gf": ("RegNetX 1.6 GF", 224, 9_190_136),
    "regnet_x_32gf": ("RegNetX 32 GF", 224, 107_811_560),
    "regnet_x_3_2gf": ("RegNetX 3.2 GF", 224, 15_296_552),
    "regnet_x_400mf": ("RegNetX 400 MF", 224, 5_495_976),
    "regnet_x_800mf": ("RegNetX 800 MF", 224, 7_259_656),
    "regnet_x_8gf": ("RegNetX 8 GF", 224, 39_572_648),
    "regnet_y_128gf": ("RegNetY 128 GF", 384, 644_812_894),
    "regnet_y_16gf": ("RegNetY 16 GF", 224, 83_590_140),
    "regnet_y_1_6gf": ("RegNetY 1.6 GF", 224, 11_202_430),
    "regnet_y_32gf": ("RegNetY 32 GF", 224, 145_046_770),
    "regnet_y_3_2gf": ("RegNetY 3.2 GF", 224, 19_436_338),
    "regnet_y_400mf": ("RegNetY 400 MF", 224, 4_344_144),
    "regnet_y_800mf": ("RegNetY 800 MF", 224, 6_432_512),
    "regnet_y_8gf": ("RegNetY 8 GF", 224, 39_381_472),
    "resnet101": ("ResNet-101", 224, 44_549_160),
    "resnet152": ("ResNet-152", 224, 60_192_808),
    "resnet18": ("ResNet-18", 224, 11_689_512),
    "resnet34": ("ResNet-34", 224, 21_797_672),
    "resnet50": ("ResNet-50", 224, 25_557_032),
    "resnext101_32x8d": ("ResNeXt-101 32 × 8d", 224, 88_791_336),
    "resnext101_64x4d": ("ResNeXt-101 64 × 4d", 224, 83_455_272),
    "resnext50_32x4d": ("ResNeXt-50 32 × 4d", 224, 25_028_904),
    "shufflenet_v2_x0_5": ("ShuffleNetV2 × 0.5", 224, 1_366_792),
    "shufflenet_v2_x1_0": ("ShuffleNetV2 × 1.0", 224, 2_278_604),
    "shufflenet_v2_x1_5": ("ShuffleNetV2 × 1.5", 224, 3_503_624),
    "shufflenet_v2_x2_0": ("ShuffleNetV2 × 2.0", 224, 7_393_996),
    "squeezenet1_0": ("SqueezeNet 1.0", 224, 1_248_424),
    "squeezenet1_1": ("SqueezeNet 1.1", 224, 1_235_496),
    "swin_b": ("Swin-B", 224, 87_768_224),
    "swin_s": ("Swin-S", 224, 49_606_258),
    "swin_t": ("Swin-T", 224, 28_288_354),
    "swin_v2_b": ("SwinV2-B", 256, 87_930_848),
    "swin_v2_s": ("SwinV2-S", 256, 49_737_442),
    "swin_v2_t": ("SwinV2-T", 256, 28_351_570),
    "vgg11": ("VGG-11", 224, 132_863_336),
    "vgg11_bn": ("VGG-11 with batch normalisation", 224, 132_868_840),
    "vgg13": ("VGG-13", 224, 133_047_848),
    "vgg13_bn": ("VGG-13 with batch normalisation", 224, 133_053_736),
    "vgg16": ("VGG-16", 224, 138_357_544),
    "vgg16_bn": ("VGG-16 with batch normalisation", 224, 138_365_992),
    "vgg19": ("VGG-19", 224, 143_667_240),
    "vgg19_bn": ("VGG-19 with batch normalisation", 224, 143_678_248),
    "vit_b_16": ("ViT-B/16", 224, 86_567_656),
    "vit_b_32": ("ViT-B/32", 224, 88_224_232),
    "vit_h_14": ("ViT-H/14", 518, 633_470_440),
    "vit_l_16": ("ViT-L/16", 224, 304_326_632),
    "vit_l_32": ("ViT-L/32", 224, 306_535_400),
    "wide_resnet101_2": ("Wide ResNet-101-2", 224, 126_886_696),
    "wide_resnet50_2": ("Wide ResNet-50-2", 224, 68_883_240),
}
KNOWN: Mapping[str, Known] = {name: Known(*facts) for name, facts in _KNOWN.items()}
