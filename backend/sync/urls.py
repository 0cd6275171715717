from django.urls import path

from backend.sync.api import views

urlpatterns = [
    path("sync/push", views.PushView.as_view()),
    path("sync/pull", views.PullView.as_view()),
    path("sync/offer", views.OfferView.as_view()),
]
