"""The lexicon of a workspace: dalil's own, with the words that dalil.yaml adds for its catalogues."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from dalil.config import Config
from dalil.lexicon import Lexicon, extended, load_lexicon


def workspace_lexicon(config: Config) -> Lexicon:
    """The lexicon of the main language with the workspace's own words; it knows fields that are named in the other languages."""
    return _lexicons(config)[0]


def other_lexicons(config: Config) -> list[Lexicon]:
    """Those of the workspace's other languages; its own words are of the main one."""
    return _lexicons(config)[1:]


def _lexicons(config: Config) -> list[Lexicon]:
    main, *rest = map(load_lexicon, config.language)
    each = [extended(main, config.lexicon), *rest]
    return [replace(one, others=tuple(other for other in each if other is not one)) for one in each]


def lexicon_settings(config: Config) -> Any:
    """What a stage that reads fields depends on beside its own settings: nothing where no words were added."""
    return (
        {"lexicon": {name: own.model_dump(mode="json") for name, own in config.lexicon.items()}}
        if config.lexicon
        else {}
    )
