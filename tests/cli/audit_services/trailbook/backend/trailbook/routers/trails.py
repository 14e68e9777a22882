import uuid
from typing import Annotated

from fastapi import APIRouter, Depends, HTTPException, Query

from ..crud.trail import TrailRepository
from ..schemas.trail import TrailOut
from .deps import trail_repository

router = APIRouter(tags=["trails"])

Trails = Annotated[TrailRepository, Depends(trail_repository)]


@router.get("/trails", response_model=list[TrailOut])
async def list_trails(
    trails: Trails,
    limit: Annotated[int, Query(ge=1, le=100)] = 20,
    offset: Annotated[int, Query(ge=0)] = 0,
):
    return await trails.page(limit=limit, offset=offset)


@router.get("/trails/{trail_id}", response_model=TrailOut)
async def get_trail(trail_id: uuid.UUID, trails: Trails):
    trail = await trails.get(trail_id)
    if trail is None:
        raise HTTPException(status_code=404, detail="No such trail")
    return trail
