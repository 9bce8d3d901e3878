"""The Lambdas of Portico: the one way in for HTTP, and what is done after. Nothing else is decided here."""

from __future__ import annotations

from typing import Any

from chalice.app import Chalice

from chalicelib.http import dispatch

METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]


class Portico(Chalice):
    """Chalice's application, handing the event on as it came.

    Chalice would decode the body, insist on its own content types and keep the current request on the
    instance, where threads of the local server would meet. So the event goes to `dispatch` untouched.
    """

    def __call__(self, event: dict[str, Any], context: Any) -> Any:
        return dispatch.handle(event)


app = Portico(app_name="portico", configure_logs=False)
app.api.binary_types = ["*/*"]


@app.route("/", methods=METHODS)
def root() -> Any:
    """Declared for API Gateway; `Portico` answers before Chalice would call it."""
    raise AssertionError("not reached")


@app.route("/{path+}", methods=METHODS)
def everything() -> Any:
    """Declared for API Gateway; `Portico` answers before Chalice would call it."""
    raise AssertionError("not reached")


@app.lambda_function(name="worker")
def worker(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """Messages of the queue: work that a request leaves to be done after it."""
    from chalicelib.jobs import worker as jobs

    return jobs.handle(event)


@app.lambda_function(name="scheduled")
def scheduled(event: dict[str, Any], context: Any) -> None:
    """Every few minutes: pick up work that was forgotten."""
    from chalicelib.audit import store
    from chalicelib.domains import distributions
    from chalicelib.jobs import worker as jobs

    jobs.resume_forgotten()
    distributions.keep_spare()
    store.expire()


@app.lambda_function(name="audit_forwarder")
def audit_forwarder(event: dict[str, Any], context: Any) -> None:
    """Log batches of the API function: audit lines go to the store and to whoever is to get them."""
    from chalicelib.audit import forwarder

    forwarder.handle(event)


@app.lambda_function(name="audit_deliverer")
def audit_deliverer(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """Messages of the audit queue: events go to their destinations."""
    from chalicelib.audit import deliverer

    return deliverer.handle(event)
