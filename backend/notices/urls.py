from django.urls import path

from backend.notices.api import inbox

urlpatterns = [
    path("inbox", inbox.InboxView.as_view()),
    path("inbox/read", inbox.InboxReadView.as_view()),
]
