"""The profile of fields is the same however it is folded."""

from __future__ import annotations

from pathlib import Path

from collecting import read_given

from dalil.collect.profile import FieldProfile


def test_counts_and_any_order_of_merging(tmp_path: Path) -> None:
    content = "nom,sites,note\nA,x;y,\nB,y;z,long texte\nC,,\n"
    documents, _ = read_given(tmp_path / "a.csv", content)
    whole, left, right = FieldProfile(), FieldProfile(), FieldProfile()
    for i, document in enumerate(documents):
        whole.add(document)
        (left if i % 2 else right).add(document)
    assert whole.rows() == left.merge(right).rows() == right.merge(left).rows()
    rows = {row["field"]: row for row in whole.rows()}
    assert list(rows) == ["nom", "sites", "note"]
    assert (rows["sites"]["present"], rows["sites"]["absent"], rows["sites"]["distinct"]) == (2, 1, 2)
    assert rows["sites"]["list"] is True
    assert rows["note"] == {
        "source": "a.csv", "field": "note", "present": 1, "absent": 2, "distinct": 1, "list": False,
        "example": "long texte", "longest": 10,
    }  # fmt: skip
