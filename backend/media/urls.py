from django.urls import path

from backend.media.api.blobs import BlobView

urlpatterns = [
    path("blobs/<str:sha256>", BlobView.as_view()),
]
