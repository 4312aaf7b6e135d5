"""Take out of texts what does not belong into a report that is passed on."""

from __future__ import annotations

import re

_PATH = re.compile(r"(?<![\w.:/])~?/(?:[^\s/'\"<>:,;]+/)+([^\s/'\"<>:,;]*)")
_EMAIL = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")


def without_private_parts(text: str) -> str:
    """Return ``text`` with the folders of absolute paths and all e-mail addresses replaced."""
    return _EMAIL.sub("(e-mail)", _PATH.sub(r"…/\1", text))
