"""Reads, checks and describes API specifications. Pure functions: nothing is stored, nothing is fetched."""

from .check import Message, check
from .describe import Server, Summary, Tag, as_json, describe
from .detect import SpecType, detect
from .document import Document, Json, Position
from .errors import Empty, SpecificationError, TooLarge, UnknownType, Unparseable
from .operations import Operation, Operations, collapse, operations
from .parse import parse

__all__ = [
    "Document",
    "Empty",
    "Json",
    "Message",
    "Operation",
    "Operations",
    "Position",
    "Server",
    "SpecType",
    "SpecificationError",
    "Summary",
    "Tag",
    "TooLarge",
    "UnknownType",
    "Unparseable",
    "as_json",
    "check",
    "collapse",
    "describe",
    "detect",
    "operations",
    "parse",
]
