"""dalil: an organisation's own documents become an assistant that answers with proof, and is measured.

from dalil import Workspace
print(Workspace("own").ask("…"))
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

__version__ = "0.1.0"
__all__ = ["Answer", "Citation", "DalilError", "Document", "Example", "Hit", "Passage", "Question", "Workspace"]

if TYPE_CHECKING:
    from dalil.errors import DalilError
    from dalil.records import Answer, Citation, Document, Example, Hit, Passage, Question
    from dalil.workspace import Workspace


def __getattr__(name: str) -> Any:
    """Public names are loaded when first used, so that `dalil --help` and `dalil ask` stay fast."""
    from importlib import import_module

    if name not in __all__:
        raise AttributeError(f"module 'dalil' has no attribute {name!r}")
    room = {"Workspace": "workspace", "DalilError": "errors"}.get(name, "records")
    return getattr(import_module(f"dalil.{room}"), name)
