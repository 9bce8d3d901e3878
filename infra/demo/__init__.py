"""Fills an installation with something to look at: three portals, APIs, documents, pages, menus, images.

`python -m infra.demo` talks to the management API of a running installation, as any client would. Run again,
it changes back what was changed and leaves alone what is not its own.
"""
