"""What outcomes depend on in a tree as a whole, as hashes that are equal for equal trees at two places."""

from __future__ import annotations

import os
from hashlib import blake2b

from fixaudit.cache.keys import Contexts
from fixaudit.cache.place import Place
from fixaudit.config.resolve import ConfigResolver
from fixaudit.files.discovery import discover
from fixaudit.files.plain_file import read_source
from fixaudit.model.task import GitTree, Tree
from fixaudit.pipeline.runner import Worker
from fixaudit.text.digest import digest


def tree_content(worker: Worker, tree: Tree) -> str:
    """A hash of the tree that a worker looks at: the commit, where git tells it; else all its Python
    files and settings, which are read for it."""
    if isinstance(tree, GitTree):
        return tree.commit
    place = Place(worker.root)
    contexts = Contexts(place)
    state = blake2b(digest_size=16)
    for path in discover((worker.root,), exclude=worker.request.exclude, root=worker.root).files:
        text = os.fspath(path)
        try:
            content = digest(read_source(path))
        except OSError as error:
            content = f"cannot be read: {error.errno}"
        known = (place.name(text), content, contexts.of(os.path.dirname(text)))
        state.update(repr(known).encode("utf-8", "surrogatepass"))
    return state.hexdigest()


def settings_hash(worker: Worker) -> str:
    """A hash of the settings at the top of the worker's tree, and of which local codemods run there."""
    place, request = Place(worker.root), worker.request
    # Where there are no settings, the root of those of the worker is the folder it asked for first.
    resolver = ConfigResolver(request.config, isolated=request.isolated)
    config = resolver.for_path(request.paths[0])
    code = worker.local.state(config.codemod_paths, config.typed_paths)
    said = place.without(repr(config)) + place.without(code)
    return digest(said.encode("utf-8", "surrogatepass"))
