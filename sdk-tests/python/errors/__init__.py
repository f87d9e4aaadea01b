"""Every refusal of docs/errors.md, by what it is about."""

from . import account, common, exports, files, groups, registry, tasks
from .raising import RAISED_BY

__all__ = ["RAISED_BY", "account", "common", "exports", "files", "groups", "registry", "tasks"]
