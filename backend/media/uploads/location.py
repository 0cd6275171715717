"""The absolute address of an upload, as its client reaches us."""

from django.conf import settings
from django.http.request import split_domain_port, validate_host

from backend.core.errors import Invalid
from backend.media.uploads.wire import Request

PREFIX = "/api/v1/uploads/"


def location(request: Request, upload_id: object) -> str:
    """Always absolute: some clients give up on a relative Location. Raises `Invalid` for a host that is not ours.

    What a proxy says about scheme and host counts only where the deployment has declared its proxies.
    """
    scheme, host = request.scheme, request.headers.get("host", "")
    if settings.TRUSTED_PROXIES:
        scheme = _nearest(request, "x-forwarded-proto") or scheme
        host = _nearest(request, "x-forwarded-host") or host
    domain, _ = split_domain_port(host)
    allowed = [*settings.ALLOWED_HOSTS, *(["localhost", "127.0.0.1", "[::1]"] if settings.DEBUG else [])]
    if scheme not in {"http", "https"} or not domain or not validate_host(domain, allowed):
        raise Invalid("bad_host", "请求地址有误。")
    return f"{scheme}://{host}{PREFIX}{upload_id}"


def _nearest(request: Request, name: str) -> str:
    """Each proxy appends what it saw; the outermost of those we trust is the N-th from the right."""
    hops = [hop.strip() for hop in request.headers.get(name, "").split(",") if hop.strip()]
    return hops[-min(settings.TRUSTED_PROXIES, len(hops))] if hops else ""
