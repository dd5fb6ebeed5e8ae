"""A small catalogue that the tests of judging share."""

from __future__ import annotations

from dalil.records import Document, Field, make_document

ROWS: dict[str, dict[str, str]] = {
    "Ansible": {"licence": "GPL-3.0-only", "statut": "R", "groupe": "MIMPROD", "version": "Distribution", "agents": "1840"},
    "Wekan": {"licence": "MIT", "statut": "O", "groupe": "MIMO", "version": "3.1", "agents": "215"},
    "Yunohost": {"licence": "GPL-2.0", "statut": "FR", "groupe": "MIMDEV", "version": "3.10", "agents": "96"},
    "PostgreSQL": {"licence": "PostgreSQL", "statut": "R", "groupe": "MIMPROD", "version": "10", "agents": "12000"},
    "Squash TM": {"licence": "GPL-2.0-only", "statut": "R", "groupe": "MIMDEV", "version": "2.4", "agents": "77"},
    "Squash": {"licence": "LGPL-3.0", "statut": "R", "groupe": "MIMDEV", "version": "2.4-beta", "agents": "78"},
    "Mobile": {"licence": "GPL-2.0-or-later", "statut": "O", "groupe": "MIMO", "version": "1.2.10", "agents": "5"},
}  # fmt: skip
SITES = {"Ansible": ("Rennes", "Nantes", "Le Mans"), "Wekan": ("Brest", "Saint-Brieuc"), "Yunohost": ("Angers",)}
DATES = {"Ansible": "2019-03-04", "Wekan": "2016-05-23", "Yunohost": "2021-06-01"}
LONG = (
    "Guichet en ligne où les exploitants de taxis, de VTC et de petits autocars déposent leurs demandes de licence, "
    "paient 120 euros de droits et suivent l'instruction de leur dossier depuis 2014."
)


def record(name: str) -> Document:
    """A record whose text is one `field : value` line a field."""
    values = {"nom": name, **ROWS[name]}
    if name in SITES:
        values |= {"sites": ", ".join(SITES[name]), "mise en service": DATES[name]}
    if name == "Ansible":
        values["descriptif"] = LONG
    text, fields = "", []
    for field, value in values.items():
        start = len(text) + len(field) + 3
        text += f"{field} : {value}\n"
        items = SITES[name] if field == "sites" else ()
        fields.append(Field(field, value, start, start + len(value), items))
    return make_document(f"tools.csv#{name}", name, text, "fr", "tools.csv", fields=tuple(fields))


def catalogue() -> list[Document]:
    return [record(name) for name in ROWS]
