from .base import Base
from .refresh_token import RefreshToken
from .saved_trail import SavedTrail
from .trail import Stage, Trail
from .user import User
from .walk_progress import WalkProgress

__all__ = ["Base", "RefreshToken", "SavedTrail", "Stage", "Trail", "User", "WalkProgress"]
