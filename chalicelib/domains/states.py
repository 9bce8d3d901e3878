"""The states of a custom domain, and what is said of each."""

from __future__ import annotations

#: switched off by its owner
DISABLED = "disabled"
#: the name does not lead here yet
WAITING_FOR_DNS = "waiting_for_dns"
#: the name is still held by what was removed before
RELEASING = "releasing"
#: the certificate authority checks the name
ISSUING = "issuing_certificate"
#: everything is there and on its way to the edge
DEPLOYING = "deploying"
#: visitors reach the portal by this name
ACTIVE = "active"
#: it cannot go on without its owner
FAILED = "failed"

TEXTS = {
    DISABLED: "The domain is switched off. Visitors reach the portal by its default address.",
    WAITING_FOR_DNS: "Waiting for the DNS record. Create it where the domain's DNS is kept.",
    RELEASING: "The name is still being taken away from where it was before. This takes some minutes.",
    ISSUING: "The name leads here. Its certificate is being issued, which takes some minutes.",
    DEPLOYING: "The certificate is there. The domain is being set up at all edge locations.",
    ACTIVE: "The domain is active: the portal answers there, and links lead there.",
    FAILED: "The domain cannot be set up as it is. See what is wrong, correct it, and check again.",
}
