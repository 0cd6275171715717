"""`manage.py open_county`: a new tenant with its first office account."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from backend.accounts.models import County
from backend.accounts.roles import Role
from backend.accounts.services import people
from backend.core.actor import system
from backend.core.errors import Problem
from backend.journal.writing import write


class Command(BaseCommand):
    help = "新建一个县（区）和它的第一个督导办账号，打印一次性启用码。"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("code", help="县代码，字母数字，例如 yunchuan")
        parser.add_argument("name", help="县名，例如 云川县")
        parser.add_argument("--issuer", help="发文机关，缺省“<县名>人民政府教育督导委员会办公室”")
        parser.add_argument("--prefix", help="机关代字的首字，缺省取县名首字")
        parser.add_argument("--office", default="office1", help="督导办账号，缺省 office1")

    def handle(self, *args: Any, **options: Any) -> None:
        code, name, office = options["code"], options["name"], options["office"]
        if County.objects.filter(code=code).exists():
            raise CommandError(f"县代码“{code}”已存在。")
        try:
            start_code = open_county(
                code=code,
                name=name,
                issuer=options["issuer"] or f"{name}人民政府教育督导委员会办公室",
                prefix=options["prefix"] or name[0],
                office=office,
            )
        except Problem as problem:
            raise CommandError(problem.detail) from problem
        self.stdout.write(f"已新建“{name}”。督导办账号 {office}，启用码 {start_code}（7 天内有效，仅显示一次）。")


def open_county(*, code: str, name: str, issuer: str, prefix: str, office: str) -> str:
    """Both or neither; the start code of the office's account."""
    with write(actor=system(0)):
        county = people.create_county(code=code, name=name, issuer=issuer, number_prefix=prefix)
        actor = system(county.pk)
        user = people.create_user(actor=actor, username=office, name="督导办", roles=[Role.OFFICE])
        return people.issue_start_code(actor=actor, user_id=user.pk)
