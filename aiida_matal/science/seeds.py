"""Seeds for parts of a run, derived from the seed of the whole."""

from __future__ import annotations

import hashlib


def derive_seed(seed: int, *parts: str | int) -> int:
    """Return a seed in 1 .. 2**31 - 1 that depends on ``seed`` and on every part, and on nothing else.

    The same candidate gets the same seed in whichever round, process or machine it is labelled.
    """
    text = "\x1f".join([str(seed), *(str(part) for part in parts)])
    digest = hashlib.sha256(text.encode(errors="surrogatepass")).digest()
    return int.from_bytes(digest[:8], "big") % (2**31 - 1) + 1
