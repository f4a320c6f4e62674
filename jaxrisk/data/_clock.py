"""Times and time spans as texts."""

import numpy as np


def clock(time: np.datetime64) -> str:
    """A time, to the second if it is not a full minute."""
    text = str(time.astype("datetime64[s]")).replace("T", " ")
    return text.removesuffix(":00") if text.endswith(":00") else text


def duration(pause: np.timedelta64) -> str:
    """A time span in its two largest units."""
    seconds = float(pause / np.timedelta64(1, "s"))
    if seconds < 1:
        return f"{seconds:g} s"
    left, parts = round(seconds), []
    for name, size in (("d", 86_400), ("h", 3600), ("min", 60), ("s", 1)):
        count, left = divmod(left, size)
        if count:
            parts.append(f"{count:,} {name}")
    return " ".join(parts[:2])
