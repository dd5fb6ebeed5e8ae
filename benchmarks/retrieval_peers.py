"""What other libraries find with their defaults: run by an environment of their own, without dalil.

uv venv peers && uv pip install --python peers/bin/python bm25s PyStemmer llama-index-retrievers-bm25 haystack-ai txtai
peers/bin/python benchmarks/retrieval_peers.py FILE     # JSON {language, passages, questions} → {library: [[passage, …], …]}
"""

from __future__ import annotations

import importlib.util
import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

K = 10
STEMMERS = {"fr": "french", "en": "english", "ar": "arabic"}
STOPWORDS = {"fr": "french", "en": "en"}
"""bm25s ships no Arabic ones."""
Found = list[list[int]]


def bm25s_with(stemmer: str | None, stopwords: str | None, passages: list[str], questions: list[str]) -> Found:
    import bm25s
    import Stemmer

    stem = Stemmer.Stemmer(stemmer) if stemmer else None
    index = bm25s.BM25()
    index.index(bm25s.tokenize(passages, stopwords=stopwords, stemmer=stem, show_progress=False), show_progress=False)
    asked = bm25s.tokenize(questions, stopwords=stopwords, stemmer=stem, show_progress=False)
    found, _ = index.retrieve(asked, k=K, show_progress=False)
    return [[int(number) for number in row] for row in found]


def llama_index(passages: list[str], questions: list[str]) -> Found:
    from llama_index.core.schema import TextNode
    from llama_index.retrievers.bm25 import BM25Retriever

    nodes = [TextNode(text=text, id_=str(number)) for number, text in enumerate(passages)]
    retriever = BM25Retriever.from_defaults(nodes=nodes, similarity_top_k=K)
    return [[int(hit.node.node_id) for hit in retriever.retrieve(question)] for question in questions]


def haystack(passages: list[str], questions: list[str]) -> Found:
    from haystack import Document
    from haystack.components.retrievers.in_memory import InMemoryBM25Retriever
    from haystack.document_stores.in_memory import InMemoryDocumentStore

    store = InMemoryDocumentStore()
    store.write_documents([Document(id=str(number), content=text) for number, text in enumerate(passages)])
    retriever = InMemoryBM25Retriever(document_store=store, top_k=K)
    return [[int(hit.id) for hit in retriever.run(query=question)["documents"]] for question in questions]


def txtai(passages: list[str], questions: list[str]) -> Found:
    from txtai import Embeddings

    index = Embeddings(keyword=True)
    index.index(list(enumerate(passages)))
    return [[int(number) for number, _ in index.search(question, K)] for question in questions]


def main() -> None:
    given: dict[str, Any] = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))
    passages, questions, language = given["passages"], given["questions"], given["language"]
    peers: dict[str, tuple[str, Callable[[], Found]]] = {
        "bm25s, its defaults": ("bm25s", lambda: bm25s_with(None, "en", passages, questions)),
        "bm25s, the right stemmer": (
            "bm25s",
            lambda: bm25s_with(STEMMERS[language], STOPWORDS.get(language), passages, questions),
        ),
        "LlamaIndex BM25, its defaults": ("llama_index", lambda: llama_index(passages, questions)),
        "Haystack BM25, its defaults": ("haystack", lambda: haystack(passages, questions)),
        "txtai keyword, its defaults": ("txtai", lambda: txtai(passages, questions)),
    }
    made = {name: find() for name, (package, find) in peers.items() if importlib.util.find_spec(package)}
    json.dump(made, sys.stdout)


if __name__ == "__main__":
    main()
