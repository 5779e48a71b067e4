"""Random walks, formulas and fairness."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from tests.liveness.walks import ACTIONS, ONE, TWO, Case, Pairs, Tree, Walk

vertices = st.integers(0, 4)
few = st.lists(vertices, max_size=3, unique=True).map(sorted)


def _table(targets: int) -> st.SearchStrategy[Pairs]:
    row = st.tuples(*[st.one_of(st.none(), st.integers(0, targets))] * 5)
    return row.map(lambda found: tuple((a, b) for a, b in enumerate(found) if b is not None))


@st.composite
def walks(draw: st.DrawFn) -> Walk:
    """A walk on up to five vertices."""
    bounded = draw(st.integers(0, 5)) == 5
    table = _table(5 if bounded else 4)
    jumps = st.lists(st.tuples(vertices, st.integers(0, 5 if bounded else 4)), max_size=5, unique=True)
    return Walk(
        starts=frozenset(draw(st.lists(vertices, min_size=1, max_size=2))),
        gone=draw(table),
        left=draw(table),
        right=draw(table),
        jumps=tuple(draw(jumps)),
        walls=frozenset(draw(few)) if bounded else frozenset(),
        ends=frozenset(draw(few)),
    )


@st.composite
def steps(draw: st.DrawFn) -> Tree:
    """Steps of an action, or of any."""
    action = draw(st.sampled_from((*ACTIONS, "any")))
    if action == "any":
        return action, ("after", *draw(few))
    found: list[Any] = [action]
    if action == "hop" and draw(st.booleans()):
        found.append(("side", draw(st.booleans())))
    if action == "jump" and draw(st.integers(0, 2)) == 2:
        found.append(("to", draw(vertices)))
    where = draw(st.integers(0, 5))
    if where >= 4:
        found.append((("after", "from")[where - 4], *draw(few)))
    elif where == 3 and action != "go":
        found.append(("where", "up" if action == "jump" else draw(st.sampled_from(("right", "left")))))
    return tuple(found)


fair = st.builds(lambda strength, one: (strength, *one), st.sampled_from(("weak", "strong")), steps())

leaves = st.one_of(
    st.builds(lambda found: ("in", *found), few),
    st.builds(lambda found: ("in", *found), few),
    st.just(("home",)),
    st.builds(lambda one: ("taken", *one), steps()),
    st.builds(lambda one: ("enabled", *one), steps()),
)

trees: st.SearchStrategy[Tree] = st.recursive(
    leaves,
    lambda inner: st.one_of(
        st.tuples(st.sampled_from(ONE), inner),
        st.tuples(st.sampled_from(TWO), inner, inner),
    ),
    max_leaves=4,
)

claims = st.one_of(
    trees,
    trees,
    trees,
    st.tuples(st.just("implies"), fair, trees),
    st.tuples(st.just("implies"), trees, st.tuples(st.just("or"), st.tuples(st.just("not"), fair), trees)),
    st.tuples(st.sampled_from(("or", "and", "until", "leads to")), fair, trees),
)

marks = st.lists(
    st.tuples(st.sampled_from(ACTIONS), st.sampled_from(("weak", "strong")), st.booleans()).map(
        lambda one: (one[0], one[1], one[2] and one[0] == "hop")
    ),
    max_size=2,
    unique_by=lambda one: one[0],
).map(tuple)

GOES_ON = ("weak", "any", ("after", 0, 1, 2, 3, 4))
"""Without this nearly every refutation would be a behaviour that stops."""

cases = st.builds(
    Case,
    walk=walks(),
    claim=claims,
    fair=st.one_of(
        st.lists(fair, max_size=2).map(tuple),
        st.lists(fair, max_size=2).map(lambda more: (GOES_ON, *more)),
    ),
    marked=marks,
)
