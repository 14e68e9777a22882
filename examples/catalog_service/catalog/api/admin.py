"""Routes for operators."""

from __future__ import annotations

import logging
from typing import Annotated, Any

from fastapi import APIRouter, Depends, HTTPException, Response

from catalog.jobs import Jobs
from catalog.storage import ItemRepository

from .deps import get_jobs, get_repository, require_admin

router = APIRouter(prefix="/admin", tags=["admin"], dependencies=[Depends(require_admin)])
logger = logging.getLogger(__name__)

# What the admin UI shows as greyed out.
FEATURES = {
    "stats": "ready",
    "reindex": "ready",
    "delete": "not implemented",
    "snapshot": "not implemented",
}


@router.get("/features")
async def features() -> dict[str, str]:
    """The state of every admin feature, including those that are not implemented yet."""
    return dict(FEATURES)


@router.get("/stats")
async def stats(repository: Annotated[ItemRepository, Depends(get_repository)]) -> dict[str, Any]:
    """Counts for the dashboard."""
    try:
        sources: dict[str, int] = {}
        for item in repository:
            sources[item.source] = sources.get(item.source, 0) + 1
    except Exception as e:
        logger.exception("Could not collect statistics: " + str(e))
        raise HTTPException(status_code=500, detail=f"Statistics failed: {e}") from e
    return {"items": len(repository), "sources": sources}


@router.delete("/items/{item_id}")
async def delete_item(
    item_id: str, repository: Annotated[ItemRepository, Depends(get_repository)]
) -> dict[str, Any]:
    """Remove a film from the catalogue."""
    # The journal is append-only and has no tombstones yet, so a deleted item would come
    # back with the next restart. This needs to be implemented in ItemRepository first.
    return {
        "deleted": False,
        "item_id": item_id,
        "message": "Delete operation not yet implemented",
    }


@router.post("/snapshot", status_code=202)
async def snapshot() -> dict[str, str]:
    """Write all items to the backup bucket."""
    raise NotImplementedError


@router.post("/reindex", status_code=202)
async def reindex(
    repository: Annotated[ItemRepository, Depends(get_repository)],
    jobs: Annotated[Jobs, Depends(get_jobs)],
) -> dict[str, Any]:
    """Describe all films again, in the background."""
    job = jobs.start(list(repository))
    return {"job_id": job.id, "total": job.total}


@router.get("/reindex/{job_id}")
async def reindex_status(
    job_id: str, response: Response, jobs: Annotated[Jobs, Depends(get_jobs)]
) -> dict[str, Any]:
    """The state of a job. Another worker may have started it: then ask again later."""
    job = jobs.get(job_id)
    if job is None:
        response.status_code = 202
        return {"job_id": job_id, "status": "unknown", "message": "Job not found yet"}
    return {"job_id": job.id, "status": job.status, "done": job.done, "failed": job.failed}
