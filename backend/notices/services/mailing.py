"""E-mail through Django's mail, as the second channel of the inbox."""

import smtplib

from django.conf import settings
from django.core.mail import EmailMessage

from backend.notices.services.gateway import Undelivered

SUBJECT = "督导系统提醒"
"""Of every e-mail: a subject is read on lock screens, too."""


def send(*, to: str, text: str, id: str) -> None:
    """Send one e-mail; `id` becomes part of its Message-ID, so that a repetition is the same message. Raises
    `Undelivered`."""
    if not settings.MAIL_ON:
        raise Undelivered("渠道未启用", final=True)
    domain = settings.DEFAULT_FROM_EMAIL.rpartition("@")[2].rstrip(">") or "localhost"
    mail = EmailMessage(SUBJECT, text, to=[to], headers={"Message-ID": f"<{id}@{domain}>"})
    try:
        mail.send()
    except smtplib.SMTPRecipientsRefused as fault:
        raise Undelivered("收件地址被拒绝", final=True) from fault
    except (OSError, smtplib.SMTPException) as fault:
        raise Undelivered(f"邮件服务器无应答（{type(fault).__name__}）") from fault
