import uuid
from typing import Annotated

from fastapi import APIRouter, Depends, HTTPException

from ..auth.dependencies import Caller, require_permission
from ..crud.saved_trail import SavedTrailRepository
from ..schemas.trail import SavedTrailIn, SavedTrailOut
from ..use_cases.saved.add_saved_trail import add_saved_trail
from .deps import saved_trail_repository

router = APIRouter(prefix="/saved", tags=["saved"])

Saved = Annotated[SavedTrailRepository, Depends(saved_trail_repository)]
Writer = Annotated[Caller, Depends(require_permission("write:content"))]
Reader = Annotated[Caller, Depends(require_permission("read:content"))]


@router.get("", response_model=list[SavedTrailOut])
async def list_saved(saved: Saved, caller: Reader):
    return await saved.of_user(caller.user_id)


@router.post("", status_code=201)
async def save_trail(body: SavedTrailIn, saved: Saved, caller: Writer) -> dict[str, bool]:
    return {"added": await add_saved_trail(saved, caller.user_id, body.trail_id)}


@router.delete("/{trail_id}", status_code=204)
async def forget_trail(trail_id: uuid.UUID, saved: Saved, caller: Writer) -> None:
    if not await saved.remove(caller.user_id, trail_id):
        raise HTTPException(status_code=404, detail="Not saved")
