from django.urls import path

from backend.sync.api import decisions, devices, reviews, selfchecks, views

urlpatterns = [
    path("sync/push", views.PushView.as_view()),
    path("sync/pull", views.PullView.as_view()),
    path("sync/offer", views.OfferView.as_view()),
    path("sync/devices", devices.SyncDevicesView.as_view()),
    path("sync/selfcheck", selfchecks.SelfCheckView.as_view()),
    path("sync/reviews", reviews.ReviewsView.as_view()),
    path("sync/reviews/decisions", decisions.DecisionsView.as_view()),
    path("sync/reviews/<uuid:op_id>", reviews.ReviewView.as_view()),
    path("sync/reviews/<uuid:op_id>/accept", reviews.AcceptView.as_view()),
    path("sync/reviews/<uuid:op_id>/refile", reviews.RefileView.as_view()),
    path("sync/reviews/<uuid:op_id>/dismiss", reviews.DismissView.as_view()),
]
