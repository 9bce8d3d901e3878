"""Application auth strategies in the table."""

from __future__ import annotations

from typing import Any

from chalicelib import clock
from chalicelib.storage.attributes import Integer, JSONAttribute, UnicodeAttribute
from chalicelib.storage.records import Record, Row


class Strategy(Record, discriminator="strategy"):
    """How an application proves who it is. `uses` counts publications, which guard against deletion."""

    counted = ("uses",)

    id = UnicodeAttribute()
    name = UnicodeAttribute()
    display_name = UnicodeAttribute()
    strategy_type = UnicodeAttribute()
    configs: Any = JSONAttribute()
    labels: Any = JSONAttribute(default=dict)
    dcr_provider_id = UnicodeAttribute(null=True)
    uses = Integer(default=0)

    def rows(self) -> dict[str, Row]:
        return {
            "strategies": {
                "name": self.name,
                "display_name": self.display_name,
                "strategy_type": self.strategy_type,
                "dcr_provider_id": self.dcr_provider_id,
                "updated_at": clock.rfc3339(self.updated_at),
            }
        }
