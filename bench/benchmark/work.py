"""What a work is."""

from dataclasses import dataclass
from typing import Callable, Optional


@dataclass(frozen=True)
class Work:
    """Something that is measured."""

    name: str
    images: Optional[int]
    """How many images the site has; without, it makes its own."""
    run: Callable
    """Takes the site (without images: the bench) and gives rows of the table."""
    is_foreign: bool = False
    """Whether any IMGAPI server can do it."""
