"""Work that outlives its request."""

from __future__ import annotations

from chalicelib.storage.attributes import Integer, JSONAttribute, UnicodeAttribute
from chalicelib.storage.records import Record, Row


class Job(Record, discriminator="job"):
    """One piece of work: `task` names the function that does it, `arguments` are its keywords.

    `kind` is the record's own; `attempts` counts starts, so that a job that never ends is noticed. `due_at`:
    when one that waits for something outside goes on, None where it was never put off.
    """

    id = UnicodeAttribute()
    task = UnicodeAttribute()
    arguments = JSONAttribute()
    attempts = Integer(default=0)
    due_at = Integer(null=True)

    def rows(self) -> dict[str, Row]:
        return {"jobs": {"task": self.task, "due_at": self.due_at}}
