from fixaudit.source.source import Source as Source

__all__: list[str]
