from django.urls import path

from backend.bulletins.api import bulletins, circulars, delivery, drafting, public

ONE = "bulletins/<uuid:bulletin_id>"
CIRCULAR = "circulars/<uuid:circular_id>"

urlpatterns = [
    path("bulletins", bulletins.BulletinsView.as_view()),
    path("bulletins/compile", bulletins.CompileView.as_view()),
    path("bulletins/work", drafting.WorkView.as_view()),
    path(ONE, bulletins.BulletinView.as_view()),
    path(f"{ONE}/texts", bulletins.TextsView.as_view()),
    path(f"{ONE}/review", bulletins.ReviewView.as_view()),
    path(f"{ONE}/revise", bulletins.ReviseView.as_view()),
    path(f"{ONE}/sign", bulletins.SignView.as_view()),
    path(f"{ONE}/publish", bulletins.PublishView.as_view()),
    path(f"{ONE}/withdraw", bulletins.WithdrawView.as_view()),
    path(f"{ONE}/proof", bulletins.ProofView.as_view()),
    path(f"{ONE}/records", bulletins.RecordsView.as_view()),
    path(f"{ONE}/hints", drafting.HintsView.as_view()),
    path(f"{ONE}/comments", drafting.CommentsView.as_view()),
    path(f"{ONE}/comments/<uuid:comment_id>/settle", drafting.CommentSettleView.as_view()),
    path(f"{ONE}/versions", drafting.VersionsView.as_view()),
    path(f"{ONE}/versions/<int:number>", drafting.VersionView.as_view()),
    path(f"{ONE}/paper", delivery.PaperView.as_view()),
    path(f"{ONE}/sheet", delivery.IndicatorSheetView.as_view()),
    path(f"{ONE}/receipts", delivery.ReceiptsView.as_view()),
    path(f"{ONE}/readers", delivery.ReadersView.as_view()),
    path("circulars", circulars.CircularsView.as_view()),
    path("circulars/compile", circulars.CircularCompileView.as_view()),
    path(CIRCULAR, circulars.CircularView.as_view()),
    path(f"{CIRCULAR}/texts", circulars.CircularTextsView.as_view()),
    path(f"{CIRCULAR}/review", circulars.CircularReviewView.as_view()),
    path(f"{CIRCULAR}/revise", circulars.CircularReviseView.as_view()),
    path(f"{CIRCULAR}/sign", circulars.CircularSignView.as_view()),
    path(f"{CIRCULAR}/publish", circulars.CircularPublishView.as_view()),
    path(f"{CIRCULAR}/withdraw", circulars.CircularWithdrawView.as_view()),
    path(f"{CIRCULAR}/proof", circulars.CircularProofView.as_view()),
    path("coverage_sheets/pdf", circulars.CoverageSheetView.as_view()),
    path("coverage_sheets/xlsx", circulars.CoverageWorkbookView.as_view()),
    path("unit/bulletins", public.UnitBulletinsView.as_view()),
    path("unit/bulletins/<uuid:bulletin_id>", public.UnitBulletinView.as_view()),
    path("unit/bulletins/<uuid:bulletin_id>/paper", public.UnitBulletinPaperView.as_view()),
    path("unit/circulars", public.UnitCircularsView.as_view()),
    path("unit/circulars/<uuid:circular_id>", public.UnitCircularView.as_view()),
]
