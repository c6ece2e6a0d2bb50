"""The test rig: real Engines of the project's own, each in a network namespace, with base images made here.

``python -m tests.rig up|down|status|images``; in tests the fixture ``rig`` of ``tests/conftest.py``. The
machine's own Engine is never touched. Needs root.
"""

from tests.rig.daemon import Daemon
from tests.rig.rig import Rig

__all__ = ["Daemon", "Rig"]
