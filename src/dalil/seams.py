"""The Protocols that rooms know each other by."""

from __future__ import annotations

import logging
from collections.abc import Callable, Collection, Generator, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, Protocol, TypeVar

from dalil.records import Answer, Dropped, Hit, Passage, Question, Turn

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Vectors = NDArray[np.float32]

Row = TypeVar("Row")
Made = TypeVar("Made")
S = TypeVar("S", bound="Summary")


class Approach(Protocol):
    """A way of answering: evaluation, comparison and every front door know only this."""

    @property
    def name(self) -> str: ...

    def answer_many(self, questions: Sequence[Question]) -> Iterator[Answer]:
        """One answer a question, in order. A failure is an Answer with status "failed", never an exception."""
        ...

    def stream(self, question: Question) -> Iterator[str | Answer]:
        """Pieces of text, then the Answer as last item. Closing the generator stops the work."""
        ...


@dataclass(frozen=True, slots=True)
class Request:
    """What a language model is asked.

    Question, system prompt and context lie apart, not yet joined to messages: a tuned model's template has a place of its
    own for each. `history`: turns before the question. `temperature` 0: always the likeliest token.
    """

    question: str
    system: str = ""
    context: str = ""
    history: tuple[Turn, ...] = ()
    max_tokens: int = 128
    temperature: float = 0.0
    top_p: float = 1.0


@dataclass(frozen=True, slots=True)
class Piece:
    """The next characters of an answer that is being generated."""

    text: str


@dataclass(frozen=True, slots=True)
class Completion:
    """What a model said. `finish`: it ended by itself, or was cut at max_tokens.

    `logprob`: mean natural logarithm of the probability of its tokens, None where it is not told. `seconds`: what it took
    when it was generated, where it is told again from the ledger.
    """

    text: str
    tokens_in: int
    tokens_out: int
    finish: Literal["stop", "length"] = "stop"
    logprob: float | None = None
    cost: float = 0.0
    currency: str = "EUR"
    seconds: float = 0.0

    @property
    def truncated(self) -> bool:
        return self.finish == "length"


Said = Generator[Piece | Completion, None, None]
"""An answer as it comes: pieces, then the Completion. Closing it stops the work."""


class LanguageModel(Protocol):
    """A model that answers requests: one on this machine, or behind an address."""

    @property
    def name(self) -> str: ...

    @property
    def context_tokens(self) -> int:
        """How many tokens prompt and answer may have together."""
        ...

    def count_tokens(self, text: str) -> int:
        """The tokens of a text, by the model's own tokenizer or an estimate that is rather too high."""
        ...

    def generate(self, request: Request) -> Said:
        """Pieces as they come, then the Completion. Closing the generator stops the work. Raises ModelError."""
        ...


class Searcher(Protocol):
    """Finds passages: what approaches need of the retrieval room."""

    def search(self, question: Question, k: int, hidden: Collection[str] = ()) -> list[Hit]:
        """The k best passages, best first; documents in `hidden` are passed over."""
        ...

    def first_bm25(self, question: Question) -> Passage | None:
        """The first passage of plain BM25."""
        ...

    def visible(self, question: Question) -> Iterator[Passage]:
        """Every passage that the question's labels and scope let it see, in the order of the documents."""
        ...

    def documents(self, question: Question) -> list[tuple[str, str]]:
        """(path, name) of every document that the question's labels let it see, sorted by path."""
        ...

    def passage_at(self, document: str, offset: int) -> str:
        """The id of the first passage of a document that holds a code point; "" where there is none."""
        ...

    def idf(self, stem: str, hidden: Collection[str] = ()) -> float:
        """How rare a stem is in the corpus without the `hidden` documents."""
        ...

    def knows(self, stem: str, hidden: Collection[str] = ()) -> bool:
        """Whether the stem stands in the corpus without the `hidden` documents."""
        ...

    def near(self, asked: Sequence[str], said: Sequence[str]) -> list[float] | None:
        """For each asked word the cosine (0–1) of the nearest said word; None where no vectors of words are at hand."""
        ...


class Embedder(Protocol):
    """Texts as unit vectors, so that texts alike in meaning lie near each other. A text like nothing is the zero vector."""

    @property
    def id(self) -> str:
        """Changes with everything that the vectors depend on."""
        ...

    @property
    def dimensions(self) -> int: ...

    def encode_query(self, texts: Sequence[str]) -> Vectors:
        """Questions as float32 (n, dimensions)."""
        ...

    def encode_document(self, texts: Sequence[str]) -> Vectors:
        """Passages as float32 (n, dimensions)."""
        ...


class Summary(Protocol):
    """An associative summary of rows: merging in any order gives the same result."""

    def add(self, row: Any) -> None: ...

    def merge(self: S, other: S) -> S: ...


class Kept(Protocol):
    """Results of a map stage that a killed run had finished."""

    def has(self, row: Any) -> bool: ...

    def get(self, row: Any) -> list[Any] | None: ...

    def put(self, row: Any, made: Sequence[Any]) -> None: ...


class Engine(Protocol):
    """Runs map and summarise stages: a process pool here, Spark elsewhere, the same functions."""

    def map(self, fn: Callable[[Row], Sequence[Made | Dropped]], rows: Iterable[Row],
            cache: Kept | None = None) -> Iterator[Sequence[Made | Dropped]]:  # fmt: skip
        """Apply a pure, picklable `fn` to each row: one list a row, in the order of the rows."""
        ...

    def summarise(self, kind: Callable[[], S], rows: Iterable[Any]) -> S:
        """Fold the rows into one summary."""
        ...


class Clock(Protocol):
    """Seconds since an arbitrary start, monotonic."""

    def __call__(self) -> float: ...


class Progress(Protocol):
    """Wraps an iteration and shows count, rate and time left to a person."""

    def __call__(self, rows: Iterable[Row], *, label: str, total: int | None = None) -> Iterator[Row]: ...


class Say(Protocol):
    """Shows one line of a long work, in the place of the line before; `last` leaves it standing."""

    def __call__(self, line: str, *, last: bool = False) -> None: ...


def quiet(line: str, *, last: bool = False) -> None:
    """The Say that goes to the log (library use, tests)."""
    logging.getLogger("dalil.work").debug("%s", line)


def silent(rows: Iterable[Row], *, label: str, total: int | None = None) -> Iterator[Row]:
    """The Progress that shows nothing (library use, tests)."""
    yield from rows
