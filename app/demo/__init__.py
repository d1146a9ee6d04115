"""The demo street: invented people in invented buildings, believable enough to learn and to test on.

Everything derives from a seed through `random.Random`, committee by committee, so that the third committee
is the same whether three or fifty-nine are asked for. Figures marked [mem] are assumptions about the field,
not facts about any real place.
"""
