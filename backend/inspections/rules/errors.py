"""The one error of the checklist rules."""


class RuleError(Exception):
    """An answer, key or choice that the rules refuse.

    ``path`` says where (``answers.ZY-07#4.value``), ``code`` is stable and meant for programs, ``message_zh`` is shown
    to people.
    """

    def __init__(self, path: str, code: str, message_zh: str) -> None:
        super().__init__(f"{path}: {code}: {message_zh}")
        self.path = path
        self.code = code
        self.message_zh = message_zh
