# expect: accepted
# suite: letter_length
# why: a multi-line string keeps its own indentation
TEMPLATE = """\
Dear {0},
    your parcel is here.
yours
"""
if True:
    print(len(TEMPLATE.format(input())))
