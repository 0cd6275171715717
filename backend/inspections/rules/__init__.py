"""Checklist rules: pure functions over a published template and its answers.

Nothing in here knows Django, the clock, or the database. The phone runs the same rules in TypeScript; both sides are
held together by the vectors in ``tests/vectors/checklist_rules.json``.

=================  ==========================================================================
module             question it answers
=================  ==========================================================================
``checklist``      what a template is (frozen types)
``answer_keys``    which answers an item may have (``ZY-06``, ``ZY-07#4``)
``applicability``  which items a target has to answer
``answers``        may this value be stored
``verdicts``       does this value pass
``completeness``   what is still missing before a visit may be submitted
``grading``        which level a finding gets and when it is due
``scoring``        what a visit scores, line by line
``questionnaires`` what share of anonymous respondents reported a violation
``class_draw``     which classes and pupil numbers are looked at
``footing``        what the kind of a visit demands of crew and papers
``citations``      what a notice cites as the basis of an item
``randomness``     random numbers that anybody can compute again
``drawing``        which targets are drawn, and who goes there (from ``draw_lists``, by ``draw_weights``)
``draw_limits``    what cannot be drawn, and by which rule
``draw_record``    how a draw is sealed and checked
=================  ==========================================================================
"""
