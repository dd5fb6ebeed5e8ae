"""The lexicon of a workspace: dalil's own, with the words that dalil.yaml adds for its catalogues."""

from __future__ import annotations

from typing import Any

from dalil.config import Config
from dalil.lexicon import Lexicon, extended, load_lexicon


def workspace_lexicon(config: Config) -> Lexicon:
    """The lexicon of the main language with the workspace's own words."""
    return extended(load_lexicon(config.language[0]), config.lexicon)


def lexicon_settings(config: Config) -> Any:
    """What a stage that reads fields depends on beside its own settings: nothing where no words were added."""
    return (
        {"lexicon": {name: own.model_dump(mode="json") for name, own in config.lexicon.items()}}
        if config.lexicon
        else {}
    )
