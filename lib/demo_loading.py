"""Load the demo workspace."""

from typing import Any


def load_demo(desk: Any, actor: Any, progress: Any) -> dict[str, Any]:
    raise NotImplementedError
