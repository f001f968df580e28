"""Work of records outside the request: certificates of a batch."""

from uuid import UUID

from django_tasks import task


@task()
def make_certificates(batch_id: str) -> str:
    """Works a batch off; a second run of the same task makes what the first has not."""
    from .actions.batching import work_off

    return work_off(batch_id=UUID(batch_id))
