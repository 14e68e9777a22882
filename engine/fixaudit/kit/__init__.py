"""The fixture kit: what every codemod must stand, asserted from pairs of `before` and `after` files.

`fixtures/before/<codemod>/<verdict>_<case>.py` mirrors `fixtures/after/…` one to one; a case may
be a folder holding a small project. `python -m fixaudit.kit NAME` is the quick loop of an author,
`fixaudit.kit.plugin` brings the same checks to pytest.
"""
