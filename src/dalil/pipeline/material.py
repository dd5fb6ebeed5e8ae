"""What a model of a fold may be trained on, and what it is asked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from dalil.artefacts import read_records
from dalil.config import Config
from dalil.dataset.split import HeldOut, SplitRow, fold_count, read_split, training_examples
from dalil.records import Document, Example


@dataclass(frozen=True)
class Material:
    """Documents, examples, the split and what is held out."""

    documents: Sequence[Document]
    examples: Sequence[Example]
    rows: Sequence[SplitRow]
    held: Sequence[HeldOut]
    folds: int

    def trained(self, fold: int) -> list[Example]:
        """What may be trained while the fold is held out."""
        return training_examples(self.examples, self.rows, fold, self.folds)

    def validation(self, fold: int) -> list[Example]:
        """Of what may be trained, the examples of the validation side."""
        groups = {row.group for row in self.rows if row.side == "validation" and (self.folds == 1 or row.fold != fold)}
        known = self.examples if self.folds == 1 else self.trained(fold)
        return [example for example in known if example.group in groups and example.wording in ("w1", "own")]

    def held_out(self, fold: int) -> dict[str, list[Example]]:
        """Stratum → the answerable questions that the fold's model is asked."""
        by_id = {example.id: example for example in self.examples}
        found: dict[str, list[Example]] = {"seen": [], "unseen": []}
        for item in self.held:
            if item.fold == fold and item.stratum in found:
                found[item.stratum].append(by_id[item.example_id])
        return found

    def texts(self, fold: int) -> list[str]:
        """The texts that may be read: those of no document whose questions are held out."""
        split = {row.name for row in self.rows}
        allowed = {path for example in self.trained(fold) for path in example.documents}
        return [d.text for d in self.documents if d.path in allowed or d.path not in split]


def read_material(config: Config, inputs: Mapping[str, Path]) -> Material:
    """From the folders of the stages documents, examples and split."""
    rows = read_split(inputs["split"] / "split.jsonl")
    return Material(
        read_records(Document, inputs["documents"] / "documents.jsonl"),
        read_records(Example, inputs["examples"] / "examples.jsonl"),
        rows,
        read_records(HeldOut, inputs["split"] / "heldout.jsonl"),
        fold_count(config.split, len({row.group for row in rows})),
    )
