"""What can go wrong with uploads, with the statuses of tus 1.0.0 (sync protocol, Uploads)."""

from backend.core.errors import Problem, Unavailable


class Gone(Problem):
    """The upload existed and is no more: the client creates a new one."""

    status = 410
    code = "gone"
    detail = "此上传已失效，请重新上传。"


class Expired(Gone):
    """The bytes were deleted at the end of their time; whoever is told so may see the fact they belonged to."""

    code = "evidence_expired"
    detail = "该文件已超过保存期限，已按规定删除；登记信息和校验值仍然保留。"


class WrongVersion(Problem):
    status = 412
    code = "tus_version"
    detail = "不支持的上传协议版本，请使用 tus 1.0.0。"


class UnsupportedType(Problem):
    status = 415
    code = "unsupported_type"
    detail = "只接受 JPEG、PNG、WebP、HEIC 图片和 PDF 文件。"


class Locked(Problem):
    status = 423
    code = "locked"
    detail = "另一请求正在写入此文件，请稍后再试。"


class ChecksumDiffers(Problem):
    status = 460
    code = "checksum_differs"
    detail = "本段内容在传输中损坏，请重新发送本段。"


class Corrupt(Problem):
    """All bytes are here and are not what the evidence declared: the client starts over."""

    status = 460
    code = "corrupt"
    detail = "收到的文件与登记的大小或校验值不符，请重新上传。"


class DiskFull(Problem):
    """Nothing that arrived is lost; the client goes on later from where it stands."""

    status = 507
    code = "disk_full"
    detail = "服务器存储空间不足，已收到的部分已保留，请稍后继续上传。"


class StorageDown(Unavailable):
    """The object store does not answer, or not as it should. What the caller still has is not lost."""

    code = "storage_down"
    detail = "文件存储暂时不可用，已收到的部分已保留，请稍后再试。"

    def __init__(self) -> None:
        super().__init__(retry_after=30)


class Cut(Problem):
    """The client stopped sending without closing; what arrived is kept."""

    status = 408
    code = "timeout"
    detail = "上传中断，已收到的部分已保留，请继续上传。"
