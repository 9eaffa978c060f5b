"""A copy and the ledger -> the story that it belongs to.

Rules, in this order. A copy belongs to the story that has its agency's id; else to one of the same agency within
48 hours that has its exact text, or a text alike by 0.85 (0.60 where the copy calls itself another version) -
unless both carry ids of their own, which say that they are two.
"""

from __future__ import annotations

from dateline import identity
from dateline.desk_copy import Copy
from dateline.ledger import REBUILT, Entry, Ledger, Version


def match(copy: Copy, ledger: Ledger) -> Entry | None:
    """Find the story that *copy* belongs to; ``None`` where it is a new one."""
    a = copy.arrived
    same = ledger.by_source(a.source) if a.source else []
    if not same and (entry := ledger.by_id(copy.article.id)):
        return entry
    if not same:
        same = [v for v in ledger.by_text(a.text) if _one_text(a, v)]
    if not same and (likely := [(identity.likeness(a.sketch, v.sketch), v) for v in ledger.alike(a.sketch)]):
        same = [v for score, v in sorted(likely, key=lambda pair: -pair[0]) if _alike(score, a, v)]
    if not same and copy.withdraws:
        same = [v for v in ledger.by_title(a.title) if v.agency == a.agency and _near(a, v)]
    return ledger.entry(same[0].story) if same else None


def _one_text(a: Version, v: Version) -> bool:
    return (
        v.agency == a.agency
        and (a.undated or v.undated or _near(a, v))
        and (a.input != v.input or v.position == REBUILT)
    )


def _near(one: Version, other: Version) -> bool:
    """Whether two versions were sent within 48 hours, as far as their dates tell."""
    return max(one.start - other.until, other.start - one.until) <= identity.WINDOW


def _alike(score: float, a: Version, v: Version) -> bool:
    """Whether likeness makes two versions one story: same agency, near in time, no two ids of stories that say otherwise.

    Where only the month of one is known, they are surely near only if the copy calls itself another version
    and has the same headline: daily copy made by one pattern is alike all month.
    """
    said = a.said or v.said
    if v.agency != a.agency or not _near(a, v) or (a.named and v.named) or a.input == v.input:
        return False
    if max(a.until - a.start, v.until - v.start) > identity.WINDOW:
        return said and a.title == v.title and score >= identity.NEAR
    return score >= (identity.SAID if said else identity.NEAR)
