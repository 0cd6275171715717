"""What can go wrong, as the caller is told it.

    Problem
    ├── Invalid      400  the request cannot be understood or breaks a rule about its content
    ├── Unauthorized 401  no valid sign-in
    ├── Forbidden    403  signed in, but not for this
    ├── NotFound     404  no such thing, or not for you: the two are never told apart
    ├── Conflict     409  the thing is not in a state that allows it
    ├── TooLarge     413
    ├── Unprocessable 422 understood, but the content contradicts what is stored
    ├── Throttled    429
    └── Unavailable  503

Services raise them; the HTTP layer answers RFC 9457 problem+json, the sync engine a status per operation.
`code` is stable and in English, `detail` is one Chinese sentence for the person in front of the screen.
"""

from typing import Any


class Problem(Exception):
    """Anything a caller is told about; never a bug."""

    status = 400
    code = "problem"
    detail = "请求无法处理。"
    recorded = False
    """Whether the audit trail has the attempt that was refused with it."""

    def __init__(self, code: str | None = None, detail: str | None = None, **extra: Any) -> None:
        self.code = code or type(self).code
        self.detail = detail or type(self).detail
        self.extra = extra
        super().__init__(f"{self.code}: {self.detail}")


class Invalid(Problem):
    status = 400
    code = "invalid"
    detail = "提交的内容有误。"


class Unauthorized(Problem):
    status = 401
    code = "unauthorized"
    detail = "登录已失效，请重新登录。"


class Forbidden(Problem):
    status = 403
    code = "forbidden"
    detail = "您没有进行此操作的权限。"


class NotFound(Problem):
    """No such object for this caller. `kind` and `id` let the sync engine hold an operation until it exists."""

    status = 404
    code = "not_found"
    detail = "未找到相关内容。"

    def __init__(self, kind: str = "", id: object = "", *, detail: str | None = None) -> None:
        super().__init__(detail=detail)
        self.kind = kind
        self.id = str(id)


class Conflict(Problem):
    status = 409
    code = "bad_state"
    detail = "当前状态不允许此操作。"


class TooLarge(Problem):
    status = 413
    code = "too_large"
    detail = "提交的内容过大。"


class Unprocessable(Problem):
    status = 422
    code = "unprocessable"
    detail = "提交的内容与已有记录不符。"


class Throttled(Problem):
    status = 429
    code = "throttled"
    detail = "请求过于频繁，请稍后再试。"


class Unavailable(Problem):
    status = 503
    code = "unavailable"
    detail = "服务暂时不可用，请稍后再试。"
