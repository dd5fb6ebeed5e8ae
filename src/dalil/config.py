"""Every setting, declared once: dalil.yaml, the command line's help and docs/settings.md come from these classes."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path
from typing import Any, Literal, get_args

from pydantic import Field, ValidationError, field_validator, model_validator

from dalil.config_base import Settings
from dalil.config_errors import explained
from dalil.config_models import SCRATCH, ModelSettings
from dalil.config_reading import read_settings
from dalil.config_retrieval import EmbedderSettings, RetrievalSettings
from dalil.errors import ConfigError
from dalil.records import Language, Origin, PersonalKind, WrittenKind

CONFIG_NAME = "dalil.yaml"
NAME = r"\w[\w .+-]{0,63}"
"""Of a model or an approach: it names a folder or a file."""
ApproachKind = Literal[
    "passage", "extractive", "closed-book", "fine-tuned", "gated", "rag", "rag+fine-tuned", "in-context", "endpoint"
]
MODEL_KINDS = frozenset({"closed-book", "fine-tuned", "gated", "rag+fine-tuned"})
"""Kinds of approach that need a model that is trained here."""
READING_KINDS = frozenset({"rag", "rag+fine-tuned", "in-context"})
"""Kinds whose model reads passages."""
ASKING_KINDS = MODEL_KINDS | READING_KINDS | {"endpoint"}
"""Kinds that name a model."""


class SourceSettings(Settings):
    """One source: a file, or a folder that is read whole."""

    path: str = Field(description="File or folder; relative to the workspace, or absolute.")
    name_field: str | None = Field(
        None, description="For a catalogue: the field that names a record; recognised when not given."
    )
    records: str | None = Field(
        None, description="For a JSON catalogue: where the list of records lies (a.b.c); found when not given."
    )
    encoding: str | None = Field(
        None,
        description="Text encoding; when not given UTF-8, else the Windows, Macintosh, DOS or ISO code page in which the bytes make words.",
    )


class ReadingSettings(Settings):
    """Limits that keep one bad file from costing the others."""

    max_file_mb: int = Field(200, ge=1, description="A larger file is named and passed over (MB).")
    max_pages: int = Field(2000, ge=1, description="A PDF is read up to this page; the rest is counted.")
    seconds_per_file: int = Field(
        120,
        ge=1,
        description="A file that takes longer is named and passed over (seconds of processor time; three times as long on the clock); the next `dalil run` tries it again.",
    )
    memory_mb: int = Field(
        2048,
        ge=256,
        description="Memory of a process that reads a PDF, an Office file, YAML, Parquet or a large text (MB).",
    )
    ocr: bool = Field(
        False, description="Read pages without text with Tesseract (a system package), where it is there."
    )
    ocr_processes: int = Field(2, ge=1, le=64, description="So many pages of a scanned file are read at once.")
    personal_data: Literal["keep", "flag", "mask"] = Field(
        "keep",
        description="Personal data in documents and own questions: keep; flag: count it file by file; mask: put `[email]`, "
        "`[phone]` … in its place before anything is indexed, trained or sent.",
    )
    personal_kinds: list[PersonalKind] = Field(
        list(get_args(PersonalKind)),
        description="Which kinds are looked for; name, address and birth only in fields that say so.",
    )

    @property
    def masked_kinds(self) -> tuple[PersonalKind, ...]:
        """The kinds that are masked: none where personal data is kept."""
        return tuple(self.personal_kinds) if self.personal_data == "mask" else ()


class PassageSettings(Settings):
    """How texts are cut into passages."""

    words: int = Field(120, ge=20, le=1000, description="Sentences are packed up to about this many words.")
    overlap: int = Field(30, ge=0, le=500, description="Words repeated from the passage before.")


class DatasetSettings(Settings):
    """Which questions are built from the documents."""

    origins: list[Origin] = Field(
        ["templates", "harvest", "sections", "pairs"],
        description="Who writes examples: own pairs, harvested FAQs, templates over records, sections over texts (headed "
        "paragraphs, definitions, values, lists, steps).",
    )
    kinds: list[WrittenKind] = Field(
        [],
        description="Kinds of questions that dalil writes of records (definition, status, domain, actors, sites, other, "
        "comparative, listing, count, yes_no, minimum, maximum) and of texts (definition, section, value_of_label, row, cell, entries, value, step, procedure, list, "
        "documents); all when empty. Own and harvested questions always stay.",
    )
    facts_per_kind: int = Field(
        25, ge=1, description="Facts of one kind that are asked of one text at most, spread over it."
    )
    pairs: list[str] = Field([], description="Files of the organisation's own questions and answers.")
    wordings: int = Field(
        5, ge=1, le=5, description="Wordings a fact for training; one more family is held out for the test."
    )
    negatives: float = Field(
        0.15, ge=0, le=0.5,
        description="Share of provably unanswerable questions, people's own counted; `templates` writes them, those about "
        "texts where `sections` is among the origins too.",
    )  # fmt: skip
    max_questions: int = Field(
        2000,
        ge=12,
        description="Held-out questions asked at most, drawn evenly over kinds and records; all own questions are kept.",
    )


class ConceptSettings(Settings):
    """What a field of the workspace's catalogues means: added to a concept of the lexicon, or a new one."""

    fields: list[str] = Field([], description="Names of fields that hold it, as the catalogue writes them.")
    cues: list[str] = Field(
        [], description="What people write when they ask for it (synonyms), without the record's name."
    )
    label: str | None = Field(
        None, description="How a question names it, with its article: la licence. Needed for a new one."
    )
    of_label: str | None = Field(None, description="The same after “of”: de la licence. Needed for a new one.")
    kind: Literal["definition", "status", "domain", "actors", "sites", "other"] | None = Field(
        None, description="The type of question asked about it; other for a new one."
    )


class SplitSettings(Settings):
    """How groups are held out."""

    test: float = Field(0.1, gt=0, lt=0.5, description="Share of groups in the test side.")
    validation: float = Field(0.1, ge=0, lt=0.5, description="Share of groups in the validation side.")
    folds: int | Literal["auto"] = Field(
        "auto",
        description="Grouped k-fold; auto: 5 folds where the test side would hold fewer than 30 groups, else none (1).",
    )


class TargetSettings(Settings):
    """What the user asks of the assistant."""

    wrong: float = Field(0.05, gt=0, lt=1, description="Highest share of wrong answers among the answered.")


class ApproachSettings(Settings):
    """A named approach."""

    kind: ApproachKind = Field(
        description="passage: the first passage's best sentences; extractive: the record's field or the proving sentences; "
        "closed-book: a model alone; fine-tuned: the model after training; gated: the tuned model where it is sure, extractive elsewhere; "
        "rag: a model reads the passages found; rag+fine-tuned: the tuned model does; in-context: a model reads everything; "
        "endpoint: an assistant that exists already, asked as it is."
    )
    model: str | None = Field(
        None, description="The model's name under `models:` (all kinds but passage and extractive)."
    )
    passages: int = Field(6, ge=1, le=100, description="Passages that a model reads at most (rag, rag+fine-tuned).")
    rewrite: bool = Field(
        False, description="In a conversation, let the model write the question anew so that it stands alone."
    )
    withhold_unsure: bool = Field(
        False,
        description="Withhold a model's sentence whose proof the calibration is not sure of, though the passages bear it out (rag, rag+fine-tuned, in-context).",
    )
    name: str | None = Field(
        None,
        pattern=f"^{NAME}$",
        description="Its name; the kind when not given. Letters, digits, spaces, `.`, `+`, `-` (it names a file).",
    )

    @property
    def label(self) -> str:
        return self.name or self.kind

    @property
    def needs_model(self) -> bool:
        """Whether it asks a model that is trained here."""
        return self.kind in MODEL_KINDS

    @property
    def opens_model(self) -> bool:
        """Whether it asks a model as it comes, here or at an address."""
        return self.kind in ASKING_KINDS - MODEL_KINDS


class Config(Settings):
    """dalil.yaml as a whole."""

    recipe: str | None = Field(None, description="The recipe this workspace began from.")
    language: list[Language] = Field(
        ["fr"], min_length=1, description="Languages of documents and questions, the main one first."
    )
    sources: list[SourceSettings] = Field([], description="What is read.")
    reading: ReadingSettings = Field(ReadingSettings(), description="Limits while reading.")
    passages: PassageSettings = Field(PassageSettings(), description="How texts are cut.")
    embedder: EmbedderSettings = Field(EmbedderSettings(), description="What turns texts into vectors.")
    retrieval: RetrievalSettings = Field(RetrievalSettings(), description="How passages are found.")
    dataset: DatasetSettings = Field(DatasetSettings(), description="Which questions are built.")
    lexicon: dict[str, ConceptSettings] = Field(
        {},
        description="Words for the catalogues' own fields, by concept: those of dalil's lexicon (status, licence …) or new names.",
    )
    split: SplitSettings = Field(SplitSettings(), description="How groups are held out.")
    models: dict[str, ModelSettings] = Field({}, description="Language models by the name that approaches call them.")
    approaches: list[ApproachSettings] = Field(
        [ApproachSettings(kind="passage"), ApproachSettings(kind="extractive")],
        min_length=1,
        description="What is compared.",
    )
    targets: TargetSettings = Field(TargetSettings(), description="What the assistant must keep to.")
    seed: int = Field(42, ge=0, lt=2**32, description="The one seed.")

    @field_validator("embedder", mode="before")
    @classmethod
    def _a_name_is_an_embedder(cls, value: Any) -> Any:
        return {"model_name_or_path": value} if isinstance(value, str) else value

    @field_validator("approaches", mode="before")
    @classmethod
    def _names_are_approaches(cls, value: Any) -> Any:
        return (
            [{"kind": item} if isinstance(item, str) else item for item in value] if isinstance(value, list) else value
        )

    @field_validator("approaches")
    @classmethod
    def _labels_differ(cls, given: list[ApproachSettings]) -> list[ApproachSettings]:
        kinds = Counter(item.kind for item in given if item.name is None and item.model)
        value = [
            item.model_copy(update={"name": f"{item.kind}-{item.model}"})
            if item.name is None and item.model and kinds[item.kind] > 1
            else item
            for item in given
        ]
        labels = [item.label for item in value]
        if len(set(labels)) < len(labels):
            raise ValueError("two approaches have the same name; give one of them a `name`")
        return value

    @field_validator("models")
    @classmethod
    def _models_name_folders(cls, given: dict[str, ModelSettings]) -> dict[str, ModelSettings]:
        """What is trained of a model lies in a folder of its name."""
        for name in given:
            if not re.fullmatch(NAME, name):
                raise ValueError(f"a model's name has letters, digits, spaces, `.`, `+`, `-` (it names a folder): {name!r} does not; "
                                 "a name on the hub is its `model_name_or_path`")  # fmt: skip
        return given

    @property
    def trainable(self) -> dict[str, ModelSettings]:
        """The models that can be trained here: those that do not answer at an address."""
        return {name: model for name, model in self.models.items() if model.endpoint is None}

    @property
    def currency(self) -> str:
        """In which what approaches cost is told."""
        asked = [self.models[str(a.model)].endpoint for a in self.approaches if a.opens_model]
        return next((endpoint.currency for endpoint in asked if endpoint is not None), "EUR")

    @model_validator(mode="after")
    def _prices_are_in_one_currency(self) -> Config:
        found = {model.endpoint.currency for model in self.models.values() if model.endpoint is not None}
        if len(found) > 1:
            raise ValueError(f"prices in {' and '.join(sorted(found))} cannot be compared: give all in one currency")
        return self

    @model_validator(mode="after")
    def _models_are_there(self) -> Config:
        for item in self.approaches:
            if item.kind not in ASKING_KINDS:
                continue
            if item.model not in self.models:
                known = ", ".join(self.models) or "none is configured"
                raise ValueError(f"the approach {item.label} needs a model of `models:` ({known}); given: {item.model}")
            if why := _unfit(item, self.models[item.model]):
                raise ValueError(f"the approach {item.label} cannot ask the model {item.model}: {why}")
        return self


def _unfit(approach: ApproachSettings, model: ModelSettings) -> str:
    """Why the approach cannot ask this model ("" where it can)."""
    if approach.kind == "endpoint" and model.endpoint is None:
        return "it answers here; kind: closed-book asks it alone, kind: rag lets it read passages"
    if approach.kind in MODEL_KINDS and model.endpoint is not None:
        return "it is not trained here; kind: endpoint asks it alone, kind: rag lets it read passages"
    if approach.kind in READING_KINDS and model.model_name_or_path == SCRATCH:
        return "the scratch memory cannot read a context; give a pretrained model or an `endpoint`, or take kind: gated"
    return ""


def load_config(path: Path) -> Config:
    """Read and check dalil.yaml. Raises ConfigError that names the key, what was given and what was expected."""
    return parse_config(read_settings(path), str(path))


def parse_config(given: dict[str, Any], where: str) -> Config:
    """A checked Config from plain data; `where` names its origin in errors."""
    try:
        return Config.model_validate(given)
    except ValidationError as error:
        raise ConfigError(explained(error, where, Config), hint=f"mend {where}, then run the command again") from error
