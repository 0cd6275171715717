"""The one door for every change: transaction, change feed per scope, audit trail, outbox, signal after commit.

    with journal.write(actor=actor) as change:
        visit.save()
        change.put(visit)
        change.log("visit.submitted", visit, score=93)
        change.tell("visit.submitted", [leader.id], visit)

Rooms above write synced or audited data in no other way; a test fails on a write outside it.
"""
