"""How the demonstration county is organised."""

from dataclasses import dataclass
from importlib.resources import files

NUMERALS = ("一 二 三 四 五 六 七 八 九 十 十一 十二 十三 十四 十五 十六 十七").split()

DISTRICTS = "澄江 北麓 望溪 锦溪 竹坝 栗坪 梧桐 芦湾 柏垭 茶坪 麦岭 霜桥 岚山 柿坪 桂岭".split()
"""In the order of their numbers; each area station watches over two of them, the eighth over the last one."""

DEPARTMENTS = (
    "办公室",
    "组织人事科",
    "基础教育科",
    "学前教育科",
    "职成教科",
    "安全稳定科",
    "计财科",
    "审计科",
    "体卫艺科",
    "德育科",
    "校外教育培训监管科",
    "教师工作科",
    "政策法规科",
    "督导科",
    "教科所",
    "装备中心",
    "招考中心",
)
"""One in charge of each of the 17 teams."""

STATIONS = 8


@dataclass(frozen=True, slots=True)
class County:
    """A tenant of the demonstration."""

    code: str
    name: str
    number_prefix: str

    @property
    def issuer(self) -> str:
        return f"{self.name}人民政府教育督导委员会办公室"


YUNCHUAN = County("yunchuan", "云川县", "云")
YANXI = County("yanxi", "砚溪县", "砚")
"""A second tenant, to see that counties do not see one another."""


def table(name: str) -> bytes:
    """The CSV file `schools` or `institutions`."""
    return files(__package__).joinpath(f"{name}.csv").read_bytes()


def team_code(number: int) -> str:
    return f"T{number:02d}"


def team_name(number: int) -> str:
    return f"第{NUMERALS[number - 1]}督查组"


def department_code(number: int) -> str:
    return f"K{number:02d}"


def station_code(number: int) -> str:
    return f"ST{number}"


def station_name(number: int) -> str:
    return f"第{NUMERALS[number - 1]}片区督导站"


def station_of_district(number: int) -> int:
    """The number of the station that watches over the district with this number."""
    return (number + 1) // 2
