from django.apps import AppConfig
from django.contrib.auth.signals import user_logged_in


class AccountsConfig(AppConfig):
    name = "backend.accounts"
    label = "accounts"
    verbose_name = "人员与设备"

    def ready(self) -> None:
        # Django would write the time of a browser's sign-in past the journal; the audit trail has it where it matters.
        user_logged_in.disconnect(dispatch_uid="update_last_login")
