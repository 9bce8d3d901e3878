"""The product's local server alone, without an emulator of its own, so that it can be killed apart:
`python -m benchmarks.programs.server PORT PARENT`."""

from __future__ import annotations

import asyncio
import socket
import sys

import app
from infra.local import server
from infra.local.process import die_with_parent

if __name__ == "__main__":
    port, parent = int(sys.argv[1]), int(sys.argv[2])
    die_with_parent(parent)
    listener = socket.create_server(("127.0.0.1", port), backlog=256)
    asyncio.run(server.make(app.app).serve(sockets=[listener]))
