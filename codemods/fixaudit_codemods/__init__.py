"""The built-in codemods: one module, one codemod, found because it is there."""
