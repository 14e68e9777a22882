"""Bytes, encodings, positions and diffs of text; knows no syntax."""
