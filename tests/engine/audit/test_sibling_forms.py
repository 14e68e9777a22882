"""What the siblings of an entry, its own id or its verdict say of it, for each form in the fewest lines."""

from __future__ import annotations

import pytest

from fixaudit.reports.reader import read_report_bytes

VERDICTS = """\
# Findings
## Major
- **MAJ-1: The worker drops its proxy** — **FIXED** ✅
  `jobs/worker.py` — Had a literal host.
- **MAJ-2: No `.gitattributes`** — **RESOLVED** ✅
  Line ends differed.
- **MAJ-3: Old images in `media/`** — **ACCEPTED**
  They do no harm.
## What was checked
- **Locks in `jobs/lock.py`** are released ✅
"""
TICKS = """\
# Review findings
## High
- **No timeout** (`net/api.py:12`) ✅ Fixed in 1.2
- ✅ **Password in the log** (`net/log.py:8`) - fixed by the last change
- ❌ **Shell is run** (`net/sh.py:9`) - still open
- `net/lock.py:30` is written well. ✅
"""
NUMBERED_TABLES = """\
# Audit
## 1. Serious findings
| # | File:line | Issue |
|---|---|---|
| S1 | `net/pool.py:8` | No timeout on the socket. |
| S2 | `net/pool.py:19` | Retries for ever. |
## 2. Queue and task issues
| # | File:line | Issue |
|---|---|---|
| Q1 | `net/queue.py:31-40` / `:52` `drain` | A slow peer blocks the loop. |
| Q2 | `net/queue.py:60` | The lock is held too long. |
## 3. Sessions
* One session a user is kept by `net/session.py:12` (with a lock). Good.
* Keys in `net/session.py:30` are never rotated.
* A key in `net/session.py:41` is compared in variable time.
* There is no limit to the sessions of one user.
## 4. Memory
* Files are removed in `finally` (`net/files.py:9`). OK.
"""
TASKS = """\
# To do: clean-up
## Duplication
- [x] **Unite the readers**: The same code stands in `lib/read.py` and `lib/parse.py`.
  - Keep one
- [x] **Unite the helpers**: `lib/util.py` repeats `lib/parse.py`.
## Plugin improvements
- [x] **Finish the mail plugin**: `plugins/mail.py` is a stub
  - [x] Send the mail
- [ ] **Add a cache to lib/read.py**: Keep what was parsed:
  - [ ] Bound it
## Testing
- [ ] **Test the plugins**: There are no tests:
  - [ ] Loading
  - [ ] Order
## Strengths
- **Clear names**: All of `lib/read.py` is easy to follow
"""
CATEGORIES = """\
# Rapport de dette
## 2. Diagnostic
### Catégorie A : Performances et améliorations
#### 1. Chemin rapide du bus
*   **Constat :** Dans `core/bus.py`, `emit` crée une tâche par appel.
*   **Impact :** Latence inutile.
*   **Remédiation :** Appeler la fonction directement.
#### 2. Cache des droits (`_trace` redondant)
*   **Constat :** Dans `core/rights.py`, chaque lecture est tracée.
*   **Impact :** Charge inutile.
*   **Remédiation :** Rendre la trace optionnelle.
### Catégorie B : Tests et stabilité
#### 1. Nettoyage des fichiers de test
*   **Constat :** Les tests laissent des fichiers dans `core/tmp.py`.
*   **Impact :** Tests dépendants.
*   **Remédiation :** Les supprimer dans `conftest.py`.
## 3. Matrice de priorisation
### 🔴 PRIORITÉ HAUTE : effet immédiat
#### 1. Généraliser le chemin rapide du bus (Effort : Faible | Impact : Très élevé)
*   **Problème :** Une tâche par appel dans `core/bus.py`.
*   **Solution :** Un appel direct :
    ```python
    emit(event)
    ```
### 🟢 PRIORITÉ BASSE : confort
#### 2. Nettoyage de l'environnement de test (Effort : Moyen | Impact : Élevé)
*   **Problème :** Fichiers qui restent.
*   **Solution :** Les supprimer dans `conftest.py`.
"""


def _rows(text: str) -> list[tuple[int, str, str, str]]:
    report = read_report_bytes("x.md", text.encode())
    return [
        (
            found.line,
            found.id if found.id != f"L{found.line}" else "",
            " ".join(str(at.path) for at in found.locations),
            found.disposition,
        )
        for found in report.findings
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            VERDICTS,
            [
                (3, "MAJ-1", "jobs/worker.py", "fixed"),
                (5, "MAJ-2", ".gitattributes", "fixed"),
                (7, "MAJ-3", "media/", "accepted"),
            ],
        ),
        (
            TICKS,
            [
                (3, "", "net/api.py", "fixed"),
                (4, "", "net/log.py", "fixed"),
                (5, "", "net/sh.py", "open"),
            ],
        ),
        (
            NUMBERED_TABLES,
            [
                (5, "S1", "net/pool.py", "open"),
                (6, "S2", "net/pool.py", "open"),
                (10, "Q1", "net/queue.py", "open"),
                (11, "Q2", "net/queue.py", "open"),
                (14, "", "net/session.py", "open"),
                (15, "", "net/session.py", "open"),
                (16, "", "", "open"),
            ],
        ),
        (
            TASKS,
            [
                (3, "", "lib/read.py lib/parse.py", "fixed"),
                (5, "", "lib/util.py lib/parse.py", "fixed"),
                (7, "", "plugins/mail.py", "fixed"),
                (9, "", "lib/read.py", "open"),
                (12, "", "", "open"),
            ],
        ),
        (
            CATEGORIES,
            [
                (4, "1", "core/bus.py", "open"),
                (8, "2", "core/rights.py", "open"),
                (13, "", "core/tmp.py", "open"),
            ],
        ),
    ],
    ids=["verdicts", "ticks", "numbered-tables", "tasks", "categories"],
)
def test_form_of_siblings(text: str, expected: list[tuple[int, str, str, str]]) -> None:
    assert _rows(text) == expected


def test_a_plan_that_repeats_findings_rates_them() -> None:
    report = read_report_bytes("x.md", CATEGORIES.encode())
    assert [found.severity for found in report.findings] == ["high", None, "low"]
