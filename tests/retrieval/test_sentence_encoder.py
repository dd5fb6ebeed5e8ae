"""An encoder of sentence-transformers by the folder of its files: a tiny one, made here."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from test_index import TEXTS, corpus

from dalil.config_retrieval import EmbedderSettings
from dalil.records import Question
from dalil.retrieval.encoders import open_embedder, prepare_embedder
from dalil.retrieval.index import Index, sync_index

pytest.importorskip("sentence_transformers")


@pytest.fixture(scope="module")
def encoder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A two-layer BERT without training, 16 numbers a text."""
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.sentence_transformer import modules
    from transformers import BertConfig, BertModel, BertTokenizerFast

    folder = tmp_path_factory.mktemp("encoder")
    pieces = [
        "[PAD]",
        "[UNK]",
        "[CLS]",
        "[SEP]",
        "[MASK]",
        *"abcdefghijklmnopqrstuvwxyz:",
        *(f"##{c}" for c in "abcdefghijklmnopqrstuvwxyz"),
    ]
    (folder / "vocab.txt").write_text("\n".join(pieces), encoding="utf-8")
    config = BertConfig(
        vocab_size=len(pieces), hidden_size=16, num_hidden_layers=2, num_attention_heads=2, intermediate_size=16
    )
    BertModel(config).save_pretrained(folder)
    BertTokenizerFast(str(folder / "vocab.txt")).save_pretrained(folder)
    parts = [modules.Transformer(str(folder)), modules.Pooling(16)]
    made = tmp_path_factory.mktemp("made")
    SentenceTransformer(modules=parts, device="cpu").save(str(made))
    return made


def test_it_indexes_and_searches_with_its_prompts_and_fewer_dimensions(encoder: Path, tmp_path: Path) -> None:
    settings = EmbedderSettings(
        model_name_or_path=str(encoder), query_prompt="query: ", passage_prompt="passage: ", dimensions=8
    )
    counts = sync_index(tmp_path, *corpus(TEXTS), prepare_embedder(tmp_path, settings, 42))
    embedder = open_embedder(tmp_path, settings)
    assert embedder is not None
    assert counts["embedder"] == embedder.id
    index = Index(tmp_path, ["fr"], embedder=embedder)
    assert {hit.passage.document for hit in index.search(Question("1", "licences de taxi"), 3)} == set(TEXTS)
    index.close()
    asked, told = embedder.encode_query(["taxi"]), embedder.encode_document(["taxi"])
    assert asked.shape == (1, 8)
    assert np.linalg.norm(asked) == pytest.approx(1.0, abs=1e-4)
    assert not np.allclose(asked, told)
    plain = settings.model_copy(update={"query_prompt": "", "passage_prompt": ""})
    other = open_embedder(tmp_path, plain)
    assert other is not None
    assert other.id != embedder.id
