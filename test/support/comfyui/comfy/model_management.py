"""Devices without torch, and the flag that interrupts a running prompt."""

import logging
import threading

from app import knobs
from comfy.cli_args import args

MIB = 1024 * 1024
PRETENDED_VRAM = 24564 * MIB


class InterruptProcessingException(Exception):
    """Raised inside a node when somebody asked for the running prompt to stop."""


OutOfMemoryError = type("OutOfMemoryError", (RuntimeError,), {"__module__": "torch"})

_interrupted = threading.Event()


def interrupt_current_processing(value=True):
    if value:
        _interrupted.set()
    else:
        _interrupted.clear()


def processing_interrupted():
    return _interrupted.is_set()


def throw_exception_if_processing_interrupted():
    if _interrupted.is_set():
        _interrupted.clear()
        raise InterruptProcessingException()


def memory_bytes():
    """(total, available) of the machine; the limit of a container is not looked at, as in 0.33."""
    found = {}
    with open("/proc/meminfo", encoding="ascii") as lines:
        for line in lines:
            name, _, rest = line.partition(":")
            if name in ("MemTotal", "MemAvailable"):
                found[name] = int(rest.split()[0]) * 1024
    return found["MemTotal"], found["MemAvailable"]


def device():
    """What /system_stats says of the one device."""
    if args.cpu:
        total, free = memory_bytes()
        return {"name": "cpu", "type": "cpu", "index": None, "vram_total": total, "vram_free": free,
                "torch_vram_total": total, "torch_vram_free": free}
    free = PRETENDED_VRAM - 512 * MIB
    return {"name": "cuda:0 NVIDIA GeForce RTX 4090 : cudaMallocAsync", "type": "cuda", "index": 0,
            "vram_total": PRETENDED_VRAM, "vram_free": free, "torch_vram_total": 0, "torch_vram_free": 0}


def pytorch_version():
    return "2.13.0+cpu" if args.cpu else "2.13.0+cu130"


def vram_state():
    if args.cpu:
        return "DISABLED"
    for flag, name in (("gpu_only", "HIGH_VRAM"), ("highvram", "HIGH_VRAM"), ("lowvram", "LOW_VRAM"), ("novram", "NO_VRAM")):
        if getattr(args, flag):
            return name
    return "NORMAL_VRAM"


def look_for_device():
    """Logs what torch would log when it is imported; raises where there is neither --cpu nor a GPU."""
    if not args.cpu and not knobs.cuda():
        raise AssertionError("Torch not compiled with CUDA enabled")
    found = device()
    logging.info("Checkpoint files will always be loaded safely.")
    logging.info("Total VRAM %d MB, total RAM %d MB", found["vram_total"] // MIB, memory_bytes()[0] // MIB)
    logging.info("pytorch version: %s", pytorch_version())
    logging.info("Set vram state to: %s", vram_state())
    logging.info("Device: %s", found["name"])


look_for_device()
