"""The index: finds despite accents and slips, keeps to scope and access, survives kills and rebuilds."""

from __future__ import annotations

import os
import random
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from dalil.errors import WorkError
from dalil.records import Document, Passage, Question, content_id, make_document
from dalil.retrieval.index import Index, sync_index
from dalil.store.sqlite import SqliteStore

TEXTS = {
    "a.md": "Le renouvellement de la carte nationale coûte cent dirhams.",
    "b.md": "La déclaration de naissance se fait auprès de l'officier d'état civil.",
    "c.md": "6Tzen traite les licences de taxi et de transport.",
}


def corpus(texts: dict[str, str], access: Sequence[str] = ("public",)) -> tuple[list[Document], list[Passage]]:
    documents = [make_document(path, path, text, "fr", path, access=tuple(access)) for path, text in texts.items()]
    passages = [
        Passage(content_id(d.path, d.text), d.path, d.name, (), d.text, 0, len(d.text), None, "fr", 0, access=d.access)
        for d in documents
    ]
    return documents, passages


def first(folder: Path, text: str, scope: str = "") -> str:
    index = Index(folder, ["fr"])
    hits = index.search(Question("1", text, scope=scope), 3)
    index.close()
    return hits[0].passage.document if hits else ""


def test_finds_without_accents_with_slips_and_by_name(tmp_path: Path) -> None:
    sync_index(tmp_path, *corpus(TEXTS))
    assert first(tmp_path, "renouveler ma carte nationale") == "a.md"
    assert first(tmp_path, "declaration naissence etat civil") == "b.md"
    assert first(tmp_path, "6tzen ?") == "c.md"
    assert first(tmp_path, "carte nationale", scope="b.md") in ("b.md", "")
    assert first(tmp_path, "zzzz qqqq") == ""


def test_passages_that_may_not_be_seen_are_passed_over_however_many_come_first(tmp_path: Path) -> None:
    documents, passages = corpus({f"{i}.md": f"La carte nationale, guichet {i}." for i in range(12)})
    kept = {"9.md", "10.md"}
    hidden = [replace(p, access=("public",) if p.document in kept else ("staff",)) for p in passages]
    sync_index(tmp_path, documents, hidden)
    index = Index(tmp_path, ["fr"])
    assert {hit.passage.document for hit in index.search(Question("1", "carte nationale"), 3)} == kept
    index.close()


def test_a_sync_touches_only_what_changed_and_content_does_not_depend_on_history(tmp_path: Path) -> None:
    sync_index(tmp_path / "a", *corpus(TEXTS))
    changed = {**TEXTS, "b.md": "Tout autre chose."}
    counts = sync_index(tmp_path / "a", *corpus(changed))
    assert (counts["added"], counts["removed"]) == (1, 1)
    assert sync_index(tmp_path / "b", *corpus(changed))["content"] == counts["content"]
    assert first(tmp_path / "a", "naissance état civil") != "b.md"
    assert len(list((tmp_path / "a").glob("lexical-*"))) == 1


def test_passages_that_cannot_be_read_to_their_end_leave_the_index_as_it_was(tmp_path: Path) -> None:
    documents, passages = corpus({"a.md": "La douane ouvre à neuf heures."})
    sync_index(tmp_path, documents, passages)
    before = SqliteStore(tmp_path / "index.sqlite")
    content, generation = before.content(), before.generation

    def damaged() -> Iterator[Passage]:
        yield from corpus({"b.md": "Le guichet ferme."})[1]
        raise WorkError("passages.jsonl is damaged")

    with pytest.raises(WorkError, match="damaged"):
        before.sync(documents, damaged())
    assert (before.content(), before.generation) == (content, generation)
    assert before.sync(documents, passages)["added"] == 0
    before.close()


def test_a_lost_or_damaged_cache_is_built_again(tmp_path: Path) -> None:
    sync_index(tmp_path, *corpus(TEXTS))
    cache = next(tmp_path.glob("lexical-*"))
    shutil.rmtree(cache)
    assert first(tmp_path, "carte nationale") == "a.md"
    (cache / "meta.json").write_text("not json")
    assert first(tmp_path, "carte nationale") == "a.md"


def test_passages_without_the_right_label_are_not_seen(tmp_path: Path) -> None:
    sync_index(tmp_path, *corpus(TEXTS, access=("staff",)))
    index = Index(tmp_path, ["fr"])
    assert index.search(Question("1", "carte nationale"), 3) == []
    assert index.search(Question("1", "carte nationale", access=("staff",)), 3)[0].passage.document == "a.md"
    index.close()


@pytest.mark.parametrize("question", ["", "?", "de la", "x" * 100_000, "漢字 かな", "😀", "a" * 50 + " "])
def test_odd_questions_do_no_harm(tmp_path: Path, question: str) -> None:
    sync_index(tmp_path, *corpus(TEXTS))
    index = Index(tmp_path, ["fr"])
    assert isinstance(index.search(Question("1", question), 3), list)
    index.close()


def test_an_index_of_another_format_or_a_broken_file_says_what_to_do(tmp_path: Path) -> None:
    store = SqliteStore(tmp_path / "index.sqlite")
    store._db.execute("UPDATE meta SET value='99' WHERE key='schema'")
    store.close()
    with pytest.raises(WorkError, match="format 99") as error:
        SqliteStore(tmp_path / "index.sqlite")
    assert "index --rebuild" in error.value.hint
    (tmp_path / "other.sqlite").write_bytes(b"no database at all" * 100)
    with pytest.raises(WorkError, match="cannot be opened"):
        SqliteStore(tmp_path / "other.sqlite")


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_a_kill_while_syncing_loses_nothing(tmp_path: Path, seed: int) -> None:
    folder, new = tmp_path / "index", {f"{i}.md": f"texte {i} " * 40 for i in range(3000)}
    before = sync_index(folder, *corpus(TEXTS))["content"]
    code = (
        "import sys; from pathlib import Path; from tests_corpus import corpus; from dalil.retrieval.index import sync_index\n"
        "texts = {f'{i}.md': f'texte {i} ' * 40 for i in range(3000)}\n"
        "data = corpus(texts); print('go', flush=True); sync_index(Path(sys.argv[1]), *data)"
    )
    helper = tmp_path / "tests_corpus.py"
    helper.write_text(Path(__file__).read_text(encoding="utf-8"), encoding="utf-8")
    writer = subprocess.Popen([sys.executable, "-c", code, str(folder)], stdout=subprocess.PIPE, text=True,
                              env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, (str(tmp_path), os.environ.get("PYTHONPATH"))))})  # fmt: skip
    assert writer.stdout is not None
    assert writer.stdout.readline() == "go\n"
    time.sleep(random.Random(seed).uniform(0, 0.6))
    os.kill(writer.pid, signal.SIGKILL)
    writer.wait()
    store = SqliteStore(folder / "index.sqlite")
    left, known = store.content(), len(store.names())
    assert store._db.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    store.close()
    assert left == before if known == len(TEXTS) else known == 3000
    assert first(folder, "carte nationale" if known == len(TEXTS) else "texte 7") == (
        "a.md" if known == len(TEXTS) else "7.md"
    )
    assert sync_index(folder, *corpus(new))["content"] == sync_index(tmp_path / "undisturbed", *corpus(new))["content"]
    assert first(folder, "texte 7") == "7.md"
