from typing import Annotated

from fastapi import APIRouter, Depends

from ..auth.dependencies import Caller, require_permission
from ..crud.walk_progress import WalkProgressRepository
from ..schemas.trail import ProgressIn, ProgressOut
from ..use_cases.progress.update_progress import ProgressFactory, Step, update_progress
from .deps import progress_factory, progress_repository

router = APIRouter(prefix="/progress", tags=["progress"])


@router.post("", response_model=ProgressOut)
async def tell_progress(
    body: ProgressIn,
    repo: Annotated[WalkProgressRepository, Depends(progress_repository)],
    factory: Annotated[ProgressFactory, Depends(progress_factory)],
    caller: Annotated[Caller, Depends(require_permission("write:content"))],
):
    step = Step(body.trail_id, body.stage, body.percent)
    return await update_progress(repo, factory, caller.user_id, step)
