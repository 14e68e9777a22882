"""Configuration: `[tool.fixaudit]` in the nearest `pyproject.toml`, or a `fixaudit.toml`."""

from __future__ import annotations

from fixaudit.config.commandline import CommandLineConfig, parse_config_arguments
from fixaudit.config.model import Config, Ledger, PerFileIgnore
from fixaudit.config.options import parse_options
from fixaudit.config.resolve import ConfigResolver, load_config
from fixaudit.config.toml import Where

__all__ = [
    "CommandLineConfig",
    "Config",
    "ConfigResolver",
    "Ledger",
    "PerFileIgnore",
    "Where",
    "load_config",
    "parse_config_arguments",
    "parse_options",
]
