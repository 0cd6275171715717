from django.urls import path

from backend.bulletins.api import bulletins

ONE = "bulletins/<uuid:bulletin_id>"

urlpatterns = [
    path("bulletins", bulletins.BulletinsView.as_view()),
    path("bulletins/compile", bulletins.CompileView.as_view()),
    path(ONE, bulletins.BulletinView.as_view()),
    path(f"{ONE}/texts", bulletins.TextsView.as_view()),
    path(f"{ONE}/review", bulletins.ReviewView.as_view()),
    path(f"{ONE}/revise", bulletins.ReviseView.as_view()),
    path(f"{ONE}/sign", bulletins.SignView.as_view()),
    path(f"{ONE}/publish", bulletins.PublishView.as_view()),
    path(f"{ONE}/withdraw", bulletins.WithdrawView.as_view()),
    path(f"{ONE}/proof", bulletins.ProofView.as_view()),
    path(f"{ONE}/records", bulletins.RecordsView.as_view()),
]
