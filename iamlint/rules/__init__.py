"""Checkout only: the door to the top-level rules/ folder, which a wheel carries in this place."""

from pathlib import Path

__path__ = [str(Path(__file__).resolve().parents[2] / "rules")]
