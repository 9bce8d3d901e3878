"""The product.

A Lambda's cold start pays for every module its first request imports, so on the way of every request stand
only what every request needs, value types are NamedTuples (a frozen dataclass takes half a millisecond to
make, a NamedTuple a tenth of it), and what one function alone needs is imported there.
"""

import os

# pydantic would read the metadata of every installed package at its first model, looking for plugins
os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")
