"""The price that contracts act on."""

from ._base import AbstractOracle
from ._delayed import DelayedOracle
from ._heartbeat import HeartbeatOracle
from ._instant import InstantOracle


__all__ = ["AbstractOracle", "DelayedOracle", "HeartbeatOracle", "InstantOracle"]
