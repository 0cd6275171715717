from django.urls import path

from backend.registry.api import avoidance, imports, organisation, targets, teams

urlpatterns = [
    path("registry/districts", organisation.DistrictsView.as_view()),
    path("registry/districts/<uuid:place_id>", organisation.DistrictView.as_view()),
    path("registry/districts/<uuid:place_id>/close", organisation.DistrictCloseView.as_view()),
    path("registry/stations", organisation.StationsView.as_view()),
    path("registry/stations/<uuid:place_id>", organisation.StationView.as_view()),
    path("registry/stations/<uuid:place_id>/close", organisation.StationCloseView.as_view()),
    path("registry/departments", organisation.DepartmentsView.as_view()),
    path("registry/departments/<uuid:place_id>", organisation.DepartmentView.as_view()),
    path("registry/departments/<uuid:place_id>/close", organisation.DepartmentCloseView.as_view()),
    path("registry/teams", teams.TeamsView.as_view()),
    path("registry/teams/<uuid:team_id>", teams.TeamView.as_view()),
    path("registry/teams/<uuid:team_id>/close", teams.TeamCloseView.as_view()),
    path("registry/teams/<uuid:team_id>/members", teams.MembersView.as_view()),
    path("registry/teams/<uuid:team_id>/leader", teams.LeaderView.as_view()),
    path("registry/memberships/<int:membership_id>/end", teams.MembershipEndView.as_view()),
    path("registry/targets", targets.TargetsView.as_view()),
    path("registry/targets/<uuid:target_id>", targets.TargetView.as_view()),
    path("registry/targets/<uuid:target_id>/close", targets.TargetCloseView.as_view()),
    path("registry/targets/<uuid:target_id>/reopen", targets.TargetReopenView.as_view()),
    path("registry/targets/<uuid:target_id>/contacts", targets.ContactsView.as_view()),
    path("registry/contacts/<int:contact_id>/end", targets.ContactEndView.as_view()),
    path("registry/conflicts", avoidance.ConflictsView.as_view()),
    path("registry/conflicts/<uuid:conflict_id>", avoidance.ConflictView.as_view()),
    path("registry/conflicts/<uuid:conflict_id>/decide", avoidance.ConflictDecisionView.as_view()),
    path("registry/certificates", avoidance.CertificatesView.as_view()),
    path("registry/certificates/<uuid:certificate_id>/term", avoidance.CertificateTermView.as_view()),
    path("registry/imports", imports.ImportsView.as_view()),
    path("unit/targets", targets.UnitTargetsView.as_view()),
]
