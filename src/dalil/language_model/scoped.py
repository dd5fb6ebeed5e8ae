"""A question asked within a document, for a model that is not told the document in any other way."""

from __future__ import annotations

from pathlib import PurePosixPath


def within_scope(question: str, scope: str) -> str:
    """The question with what its scope is called in front ("wl180 wheel loader: …"); as it is where it has none.

    The same in training and when it is asked, so that "this machine" is one machine to the model.
    """
    if not scope:
        return question
    file, _, key = scope.partition("#")
    title = key.split("~")[0] or PurePosixPath(file).stem.replace("-", " ").replace("_", " ")
    return f"{title}: {question}"
