import pytest

from backend.inspections.catalogue import load_template
from backend.inspections.rules.citations import citations


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        (
            "ZY-07",
            (
                "中共中央办公厅 国务院办公厅《关于进一步减轻义务教育阶段学生作业负担和校外培训负担的意见》（中办发〔2021〕40号）第4条",
                "教育部办公厅《关于加强义务教育学校作业管理的通知》（教基厅函〔2021〕13号）第二条",
            ),
        ),
        ("KH-01", ("教育部办公厅《关于进一步做好义务教育课后服务工作的通知》（教基厅函〔2021〕28号）第二条",)),
        (
            "TY-08",
            (
                "《教育督导条例》（国务院令第624号）第二十五条",
                "《重庆市教育督导条例》第三十七条",
                "国务院教育督导委员会《教育督导问责办法》（国教督〔2021〕2号）",
            ),
        ),
        ("BX-29", ()),
        ("YX-14", ()),
    ],
)
def test_a_notice_cites_name_number_and_article_but_no_local_draft(code: str, expected: tuple[str, ...]):
    template = load_template(code[:2])
    item = template.item(code)
    assert item is not None
    assert citations(template, item) == expected
