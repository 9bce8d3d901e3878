"""The organisation: one deployment is one."""

from __future__ import annotations

from chalicelib.storage.attributes import UnicodeAttribute
from chalicelib.storage.records import Record


class Organization(Record, discriminator="organization"):
    """Made at the first start; its id is in every audit event. `secret` is what keys are derived from that
    this installation alone knows."""

    id = UnicodeAttribute()
    secret = UnicodeAttribute()
