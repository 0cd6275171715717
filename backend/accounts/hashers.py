"""How passwords are kept."""

from django.contrib.auth.hashers import Argon2PasswordHasher


class DemoPasswordHasher(Argon2PasswordHasher):
    """Argon2 under another name, known to the product only while DUDAO_DEMO is set.

    The password of the demonstration people is printed for everybody to read. Kept under this name it opens nothing
    once the same data is served without DUDAO_DEMO: Django does not know how to check it.
    """

    algorithm = "demo_argon2"
