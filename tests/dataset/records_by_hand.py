"""Records made by hand: a text of lines "field : value" with the fields' spans into it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from dalil.records import Document, Example, Field, Language, make_document


def record(name: str, fields: Mapping[str, str | Sequence[str]], *, source: str = "outils.json",
           language: Language = "fr", key: str = "") -> Document:  # fmt: skip
    """A record; a list becomes items joined by " ; "."""
    text, made = "", []
    for field, given in {"nom": name, **fields}.items():
        items = () if isinstance(given, str) else tuple(given)
        value = given if isinstance(given, str) else " ; ".join(given)
        start = len(text) + len(field) + 3
        text += f"{field} : {value}\n"
        made.append(Field(field, value, start, start + len(value), items))
    return make_document(f"{source}#{key or name}", name, text, language, "json", fields=tuple(made))


def tools(count: int = 12) -> list[Document]:
    """A small catalogue: everybody has a version, two thirds a host, licences and cities are shared."""
    licences, cities = ("MIT", "GPL-3.0", "Apache-2.0"), ("Rennes", "Nantes", "Brest", "Laval")
    made = []
    for i in range(count):
        fields: dict[str, str | Sequence[str]] = {
            "descriptif": f"Outil numéro {i} pour la tâche {chr(97 + i % 26) * 4}",
            "licence": licences[i % 3],
            "sites": [cities[i % 4], cities[(i + 1) % 4]],
            "version": f"{i}.{i + 1}",
        }
        if i % 3:
            fields["hébergement"] = f"Salle {i}"
        made.append(record(f"Zephyr{chr(65 + i % 26)}{i}", fields))
    return made


def own(question: str, *documents: str, answer: str = "oui", ident: str = "") -> Example:
    """A question of people."""
    return Example(ident or question, question, answer, "question", "fr", "pairs", True, documents=documents)
