"""Refuses a torch that has no code for a card: `check-arch.py "8.9 12.0"`. Needs no GPU.

Machine code (sm_XY) runs on cards of the same major version and an equal or later minor one, PTX (compute_XY) on every
later card, and names that end in `a` on exactly that card.
"""

import re
import sys


def main(wanted):
    import torch

    built = (getattr(torch._C, "_cuda_getArchFlags", lambda: None)() or "").split()
    missing = [arch for arch in re.split(r"[\s;,]+", wanted.strip()) if not any(serves(code, arch) for code in built)]
    if missing:
        sys.exit(
            f"Cannot build for compute capability {', '.join(missing)}: torch {torch.__version__} has code for "
            f"{' '.join(built) or 'no card at all'}. Choose another CUDA, TORCH_INDEX or TORCH, or leave it out of ARCH."
        )
    print(f"torch {torch.__version__} has code for {wanted}: {' '.join(built)}")


def serves(code, arch):
    """Whether code that torch was built with, as `sm_86`, runs on a card, as `8.9`."""
    found = re.fullmatch(r"(sm|compute)_(\d+)(\d)([af]?)", code)
    card = re.fullmatch(r"(\d+)\.(\d)[af]?(\+PTX)?", arch)
    if not found or not card:
        return False
    kind, built, asked = found[1], (int(found[2]), int(found[3])), (int(card[1]), int(card[2]))
    if found[4] == "a":
        return built == asked
    if kind == "compute" and not found[4]:
        return built <= asked
    return built[0] == asked[0] and built[1] <= asked[1]


if __name__ == "__main__":
    main(sys.argv[1])
