"""Questions a second of a model here, one at a time and together, and how many texts are the same.

    python benchmarks/asking.py FOLDER_OF_A_MODEL QUESTIONS.jsonl [--most 64] [--tokens 32] [--float32]

FOLDER is a Hugging Face model or what `dalil train` left (state/models/NAME/KEY/model); QUESTIONS has a `question` a line.
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from dalil.config_models import ModelSettings
from dalil.language_model.folder import CARD
from dalil.language_model.generation import Generator
from dalil.language_model.local import LocalModel
from dalil.language_model.opening import open_model
from dalil.language_model.templates import Chat
from dalil.seams import Completion


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("folder", type=Path)
    asked.add_argument("questions", type=Path)
    asked.add_argument("--most", type=int, default=64)
    asked.add_argument("--tokens", type=int, default=32)
    asked.add_argument("--float32", action="store_true")
    given = asked.parse_args()
    generator = opened(given.folder, given.tokens)
    if given.float32:
        generator.model.float()
    lines = given.questions.read_text(encoding="utf-8").splitlines()[: given.most]
    chats = [Chat(json.loads(line)["question"]) for line in lines]
    generator.generate(chats[0])
    alone, alone_s = timed(generator, chats, together=False)
    many, many_s = timed(generator, chats, together=True)
    same = sum(one.text == other.text for one, other in zip(alone, many, strict=True))
    print(json.dumps({"questions": len(chats), "alone_per_s": round(len(chats) / alone_s, 2),
                      "together_per_s": round(len(chats) / many_s, 2), "same_texts": same}))  # fmt: skip


def opened(folder: Path, tokens: int) -> Generator:
    if (folder / CARD).is_file():
        generator = Generator.of(folder)
    else:
        model = open_model("model", ModelSettings(model_name_or_path=str(folder)), folder)
        assert isinstance(model, LocalModel)
        generator = model.generator
    generator.card = replace(generator.card, decoding={**generator.card.decoding, "max_new_tokens": tokens})
    return generator


def timed(generator: Generator, chats: Sequence[Chat], *, together: bool) -> tuple[list[Completion], float]:
    started = time.perf_counter()
    said = list(generator.answers(chats)) if together else [generator.generate(chat) for chat in chats]
    return said, time.perf_counter() - started


if __name__ == "__main__":
    main()
