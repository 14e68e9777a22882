"""The fixture kit: what every codemod must stand, asserted from pairs of `before` and `after` files.

`fixtures/before/<codemod>/<verdict>_<case>.py` mirrors `fixtures/after/…` one to one; a case may
be a folder `<verdict>_<case>/` that is a small project.

- `fix_`: a run without `--unsafe` leads from before to after, and a `fix` finding is applied.
- `unsafe_`: a run with `--unsafe` does; one without changes nothing.
- `review_`, `leave_`: both files are equal, nothing changes them, and such a finding is there.

The first comments of a fixture may say more: `# reason: …` and `# guidance: …` (part of what some
finding says; more than one may stand there), `# options: {"strategy": "uuid5"}` (JSON or a TOML
table), `# path: app/scripts/run.py` (where it pretends to stand), `# target-version: 3.12`,
`# variants: off(crlf, tabs) and why` (`off(all)` too).

`python -m fixaudit.testing NAME [CASE]` is the quick loop of an author, with `--update` it writes the
`after` files; `fixaudit.testing.plugin` brings the same checks to pytest.
"""
