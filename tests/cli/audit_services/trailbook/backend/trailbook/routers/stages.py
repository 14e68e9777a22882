import uuid
from typing import Annotated

from fastapi import APIRouter, Depends

from ..crud.trail import TrailRepository
from ..schemas.trail import StageOut
from .deps import trail_repository

router = APIRouter(prefix="/trails/{trail_id}/stages", tags=["stages"])


@router.get("", response_model=list[StageOut])
async def list_stages(
    trail_id: uuid.UUID, trails: Annotated[TrailRepository, Depends(trail_repository)]
):
    return await trails.stages(trail_id)
