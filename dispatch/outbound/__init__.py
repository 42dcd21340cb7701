"""Tasks out to departments' own systems: a reader of the journal like any other (docs/departments.md).

Each channel has a cursor of its own. `making` turns the journal's rows, in their order, into deliveries and moves the
cursor in the same transaction; `sending` claims what is due with FOR UPDATE SKIP LOCKED and sends it. So any number of
processes may run, and any of them may die: what was sent but not yet noted is sent again with the same id.
"""
