"""Member types that pages and snippets share."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from chalicelib.content.text import CONTENT_LENGTH, DESCRIPTION_LENGTH, TITLE_LENGTH

Title = Annotated[str, Field(max_length=TITLE_LENGTH)]
Description = Annotated[str, Field(max_length=DESCRIPTION_LENGTH)]
Content = Annotated[str, Field(max_length=CONTENT_LENGTH)]
#: bytes of a body with content, where JSON escapes both halves of every character
BODY = CONTENT_LENGTH * 12 + 100_000
