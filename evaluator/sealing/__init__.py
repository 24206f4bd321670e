"""Sealing: the condition of each assertion leaves the text that runs beside a submission.

    assert abs(f(x) - 0.33) < 1e-6        →   _R_.site(17, (f(x),), ())          condition 17: abs(_v[0] - 0.33) < 1e-06
    self.assertEqual(len(c.items), 3, m)  →   _R_.site(18, (len(c.items),), ())  condition 18: _tc.assertEqual(_v[0], 3)

``seal`` makes of an author's tests a ``Sealed``: the text to deliver, and for each assertion (a *site*) the condition
that stays outside. ``choose_way`` says if a suite may go apart, ``bits`` what its sealed sites prove. All of it is work
on text with the standard library only, linear in the text, and nothing of the text is executed but, in ``bits``, its
constants: so all of it runs in a jail.

| file | what it holds |
|---|---|
| ``sealed.py`` | ``Sealed``, ``Site`` and the errors: what others import |
"""

MODULES = (
    "sealed",
    "vocabulary",
    "source",
    "flags",
    "framework",
    "guesses",
    "regions",
    "scopes",
    "attributes",
    "bits",
    "neutral",
    "way",
    "constants",
    "columns",
    "conditions",
    "assertions",
    "flow",
    "hiding",
    "rewriter",
    "preparation",
)
"""Each after those that it imports."""
