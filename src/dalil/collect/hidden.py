"""Text that a file holds and does not show: left out, because a model would read it and a person would not."""

from __future__ import annotations

from dataclasses import dataclass, field

from dalil.language import clean
from dalil.records import Dropped

HIDDEN = "hidden text"
_SHOWN = 60


@dataclass
class Hidden:
    """Pieces of text that the file holds and does not show, by the way they are hidden."""

    found: dict[str, list[str]] = field(default_factory=dict)

    def add(self, how: str, text: str) -> None:
        """Count a piece; a blank one is none."""
        if text.strip():
            self.found.setdefault(how, []).append(" ".join(clean(text).split()))

    def dropped(self, path: str) -> list[Dropped]:
        """One Dropped for each way, with how much it hid and how it begins."""
        return [
            Dropped(f"{path} {HIDDEN}", f"{how}: {sum(map(len, texts))} characters left out: {' … '.join(texts)[:_SHOWN]}")
            for how, texts in self.found.items()
        ]  # fmt: skip
