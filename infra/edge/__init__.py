"""What runs and stands at CloudFront besides its configuration (infra/edge.yaml): the function every request
meets first, and the page shown while the origin does not answer."""

from __future__ import annotations

from pathlib import Path

VIEWER_REQUEST = Path(__file__).with_name("viewer_request.js")
#: files that belong into the bucket of assets below `_errors/`: edge.yaml names them
ERRORS = Path(__file__).with_name("errors")
ERRORS_PREFIX = "_errors/"
#: CloudFront may keep them so long: they change with a deployment only
ERRORS_CACHE = "public, max-age=300"
