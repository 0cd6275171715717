"""What the person at the terminal is told. `exit_code` is what the commands end with (docs/operations.md)."""

from backend.core.errors import Problem


class BackupProblem(Problem):
    """Nothing was done, or what was begun was taken back."""

    code = "backup_failed"
    detail = "备份未能完成。"
    exit_code = 1


class NotForThis(BackupProblem):
    """The request itself does not fit: another engine, a newer version, a database in use."""

    code = "backup_refused"
    exit_code = 2


class WrongKey(BackupProblem):
    code = "wrong_key"
    detail = "密钥不正确：此备份是用另一把密钥加密的。"
    exit_code = 4


class KeyNeeded(WrongKey):
    code = "key_needed"
    detail = "此备份已加密，请用环境变量 DUDAO_BACKUP_KEY 或 --key-file 给出密钥。"


class Damaged(BackupProblem):
    """What was read is not what was written."""

    code = "backup_damaged"
    detail = "备份已损坏。"
    exit_code = 5


class ToolMissing(BackupProblem):
    code = "tool_missing"
    exit_code = 6
