"""Where the computing is done."""

from studio.errors import TrainingError


def pick_device(name: str = "auto") -> str:
    """The torch device for a setting: cpu, cuda or mps.

    Raises
    ------
    TrainingError
        When that device isn't there.
    """
    import torch

    there = {"cuda": torch.cuda.is_available(), "mps": torch.backends.mps.is_available()}
    if name == "auto":
        return next((device for device, found in there.items() if found), "cpu")
    if not there.get(name, True):
        raise TrainingError(
            f"torch finds no {name.upper()} device on this machine", "Choose auto or cpu"
        )
    return name


def device_name(name: str = "auto") -> str:
    """The device in words, such as ``CPU, 2 threads`` or ``CUDA, NVIDIA H100``."""
    import torch

    match pick_device(name):
        case "cuda":
            return f"CUDA, {torch.cuda.get_device_name()}"
        case "mps":
            return "MPS"
    threads = torch.get_num_threads()
    return f"CPU, {threads} thread{'' if threads == 1 else 's'}"


def memory_in_use(device: str) -> int:
    """Bytes that the device holds for this process; on the CPU, what the process holds."""
    import psutil
    import torch

    match device:
        case "cuda":
            return torch.cuda.memory_allocated()
        case "mps":
            return torch.mps.current_allocated_memory()
    return int(psutil.Process().memory_info().rss)
