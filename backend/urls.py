"""Mounts the rooms; holds no logic."""

from django.contrib import admin
from django.urls import include, path
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerView

from backend.core import health
from backend.sync.api import metrics

urlpatterns = [
    # Patterns are tried in this order, and phones ask most.
    path("api/v1/", include("backend.sync.urls")),
    path("healthz", health.healthz),
    path("readyz", health.readyz),
    path("metrics", metrics.metrics),
    path("admin/", admin.site.urls),
    path("api/schema", SpectacularAPIView.as_view(permission_classes=[], authentication_classes=[]), name="schema"),
    path(
        "api/docs",
        SpectacularSwaggerView.as_view(
            url_name="schema", template_name="desk/docs.html", permission_classes=[], authentication_classes=[]
        ),
        name="docs",
    ),
    path("api/v1/", include("backend.accounts.urls")),
    path("api/v1/", include("backend.registry.urls")),
    path("api/v1/", include("backend.inspections.urls")),
    path("api/v1/", include("backend.media.urls")),
    path("api/v1/", include("backend.notices.urls")),
    path("api/v1/", include("backend.bulletins.urls")),
    path("", include("backend.desk.urls")),
]

handler400 = "backend.core.http.bad_request"
handler403 = "backend.core.http.forbidden"
handler404 = "backend.core.http.not_found"
handler500 = "backend.core.http.server_error"
