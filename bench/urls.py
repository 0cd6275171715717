"""The product's endpoints and the controls that they are measured beside, behind the same server."""

from django.urls import include, path

from bench import controls

urlpatterns = [
    path("bench/worker", controls.worker),
    path("bench/trivial", controls.TrivialView.as_view()),
    path("bench/bare", controls.BareView.as_view()),
    path("bench/apart", controls.ApartView.as_view()),
    path("", include("backend.urls")),
]

handler400 = "backend.core.http.bad_request"
handler403 = "backend.core.http.forbidden"
handler404 = "backend.core.http.not_found"
handler500 = "backend.core.http.server_error"
