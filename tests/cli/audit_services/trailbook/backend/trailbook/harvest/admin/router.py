"""What editors see of the harvest."""

from typing import Annotated

from fastapi import APIRouter, Depends, HTTPException

from ...auth.rbac import require_permission
from ...background.runner import Job, default_job_runner
from ...config import settings
from ..ports import HutSource
from ..sources import HutRegisterSource
from ..worker import harvest_worker

router = APIRouter(prefix="/admin/harvest", tags=["admin"])


def hut_source() -> HutSource:
    return HutRegisterSource(settings.huts_url)


@router.get("/report")
async def last_report(
    _: None = Depends(require_permission("admin:harvest.logs")),
) -> dict[str, int]:
    report = harvest_worker.last
    if report is None:
        raise HTTPException(status_code=404, detail="No harvest since the start")
    return {"trails": report.trails, "closed": report.closed, "huts": report.huts}


@router.post("/jobs", status_code=202)
async def start_harvest(
    _: None = Depends(require_permission("admin:harvest.run")),
) -> dict[str, str]:
    return {"job": await default_job_runner.enqueue(Job("harvest", harvest_worker.run_once))}


@router.get("/jobs/{job_id}")
async def job_status(
    job_id: str,
    _: None = Depends(require_permission("admin:harvest.logs")),
) -> dict[str, str]:
    status = default_job_runner.status(job_id)
    if status is None:
        raise HTTPException(status_code=404, detail="No such job")
    return {"status": status}


@router.get("/huts/{number}")
async def look_up_hut(
    number: str,
    huts: Annotated[HutSource, Depends(hut_source)],
    _: None = Depends(require_permission("admin:harvest.logs")),
) -> dict[str, str | int]:
    """A hut as the register has it now, to compare with ours."""
    hut = huts.fetch_hut(number)
    if hut is None:
        raise HTTPException(status_code=404, detail="The register has no such hut")
    return {"number": hut.number, "name": hut.name, "beds": hut.beds}
