from django.apps import AppConfig


class BulletinsConfig(AppConfig):
    name = "backend.bulletins"
    label = "bulletins"
