"""Checkout only: the door to the top-level rules/ folder, which a wheel carries in this place."""

import os

__path__ = [os.path.join(os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__)))), "rules")]
