"""Who may be what (workflow.md section 12), and which kind of client each role uses."""

from django.db import models


class Role(models.TextChoices):
    INSPECTOR = "inspector", "督查员"
    TEAM_LEADER = "team_leader", "督查组组长"
    STATION_HEAD = "station_head", "督导站站长"
    DEPARTMENT_HEAD = "department_head", "科室负责人"
    OFFICE = "office", "督导办"
    TIP_CLERK = "tip_clerk", "举报受理员"
    LEADERSHIP = "leadership", "领导"
    SCHOOL_LIAISON = "school_liaison", "学校联络员"
    INSTITUTION_CONTACT = "institution_contact", "机构联系人"
    MEMBER_DEPARTMENT = "member_department", "成员单位"


PHONE_ROLES = frozenset({Role.INSPECTOR, Role.TEAM_LEADER, Role.STATION_HEAD})
"""People who carry out visits: they sync."""

FIELD_ROLES = PHONE_ROLES | {Role.OFFICE}
"""People who may see visits as they happen."""

UNIT_ROLES = frozenset({Role.SCHOOL_LIAISON, Role.INSTITUTION_CONTACT})
"""Accounts of inspected units: nothing unannounced exists for them."""

ONE_AT_A_TIME = UNIT_ROLES
"""An account of an inspected unit never holds another role: head teachers who inspect part-time get a second one."""
