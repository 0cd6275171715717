from django.urls import path

from backend.accounts.api import auth, people

urlpatterns = [
    path("auth/login", auth.LoginView.as_view()),
    path("auth/refresh", auth.RefreshView.as_view()),
    path("auth/logout", auth.LogoutView.as_view()),
    path("auth/start", auth.StartView.as_view()),
    path("auth/password", auth.PasswordView.as_view()),
    path("auth/me", auth.MeView.as_view()),
    path("users", people.UsersView.as_view()),
    path("users/<int:user_id>/roles", people.UserRolesView.as_view()),
    path("users/<int:user_id>/disable", people.UserDisableView.as_view()),
    path("users/<int:user_id>/enable", people.UserEnableView.as_view()),
    path("users/<int:user_id>/reset-password", people.UserResetView.as_view()),
    path("devices", people.DevicesView.as_view()),
    path("devices/<uuid:device_id>/revoke", people.DeviceRevokeView.as_view()),
]
