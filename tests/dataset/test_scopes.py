"""A document by a part of its name: the strictest reading that finds any decides."""

from __future__ import annotations

import pytest

from dalil.dataset.scopes import matching_scopes

LOADER, COMPRESSOR = "manuals/brandmoor-wl180-wheel-loader.pdf", "manuals/tornvik-mc75-air-compressor.pdf"
NAMED = [
    (LOADER, "Brandmoor WL 180 Wheel Loader"),
    (COMPRESSOR, "Instruction Manual"),
    ("manuals/notice.md", "Notice de la mini-pelle"),
    ("procédures.json#Permis de construire", "Permis de construire"),
    ("procédures.json#Permis de conduire", "Permis de conduire"),
    ("procédures.json#Permis", "Permis"),
]


@pytest.mark.parametrize(("given", "path"), [
    (LOADER, LOADER), ("brandmoor-wl180-wheel-loader.pdf", LOADER), ("brandmoor-wl180-wheel-loader", LOADER),
    ("WL 180", LOADER), ("wl180", LOADER), ("WL-180", LOADER), ("Brandmoor", LOADER), ("wheel loader", LOADER),
    ("loader WL", LOADER), ("mc 75", COMPRESSOR), ("air compressor", COMPRESSOR), ("MINI PELLE", "manuals/notice.md"),
    ("permis", "procédures.json#Permis"), ("conduire", "procédures.json#Permis de conduire"),
    ("procedures", "procédures.json"), ("procédures.json", "procédures.json"),
])  # fmt: skip
def test_a_part_of_a_name_finds_the_one_document(given: str, path: str) -> None:
    assert matching_scopes(given, NAMED) == [path]


@pytest.mark.parametrize("given", ["", "L 18", "brand", "excavator", "wheel excavator", "?"])
def test_only_whole_words_count(given: str) -> None:
    assert matching_scopes(given, NAMED) == []


def test_a_part_of_two_names_finds_both() -> None:
    assert matching_scopes("permis de", NAMED) == [
        "procédures.json#Permis de construire",
        "procédures.json#Permis de conduire",
    ]
