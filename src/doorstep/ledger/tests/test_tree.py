"""The tree is the tree of RFC 9162, for every size, and no proof bends."""

import base64
import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from doorstep.ledger.tree import (
    EMPTY,
    Frontier,
    Kept,
    Memory,
    consistency,
    frontier,
    inclusion,
    leaf_hash,
    node_hash,
    proves_consistency,
    proves_inclusion,
    root,
)

from .notebook import SHARED

VECTORS = sorted((SHARED / "merkle").rglob("*.json"))
MOST = 700
LEAVES = [leaf_hash(str(n).encode()) for n in range(MOST)]
sizes = st.integers(1, MOST)


@pytest.fixture(scope="module")
def nodes() -> Memory:
    kept, growing = Memory(), Frontier()
    for leaf in LEAVES:
        kept.keep(growing.append(leaf))
    return kept


def naive(leaves: list[bytes]) -> bytes:
    """The definition of §2.1.1, word for word."""
    if not leaves:
        return EMPTY
    if len(leaves) == 1:
        return leaves[0]
    k = 1
    while 2 * k < len(leaves):
        k *= 2
    return node_hash(naive(leaves[:k]), naive(leaves[k:]))


def naive_path(m: int, leaves: list[bytes]) -> list[bytes]:
    """PATH of §2.1.3.1, word for word."""
    if len(leaves) == 1:
        return []
    k = 1
    while 2 * k < len(leaves):
        k *= 2
    if m < k:
        return [*naive_path(m, leaves[:k]), naive(leaves[k:])]
    return [*naive_path(m - k, leaves[k:]), naive(leaves[:k])]


def naive_subproof(m: int, leaves: list[bytes], whole: bool) -> list[bytes]:
    """SUBPROOF of §2.1.4.1, word for word."""
    if m == len(leaves):
        return [] if whole else [naive(leaves)]
    k = 1
    while 2 * k < len(leaves):
        k *= 2
    if m <= k:
        return [*naive_subproof(m, leaves[:k], whole), naive(leaves[k:])]
    return [*naive_subproof(m - k, leaves[k:], False), naive(leaves[:k])]


def test_the_empty_tree_and_a_leaf_are_those_of_the_standard() -> None:
    assert Frontier().root().hex() == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    assert leaf_hash(b"").hex() == "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d"


def test_frontier_nodes_and_definition_agree_on_every_size(nodes: Memory) -> None:
    growing = Frontier()
    for size in range(MOST):
        expected = naive(LEAVES[:size]) if size < 300 or size % 37 == 0 else root(nodes, size)
        assert growing.root() == expected == root(nodes, size)
        assert frontier(nodes, size) == growing == Frontier.restored(size, growing.as_bytes())
        assert len(growing.peaks) == size.bit_count()
        growing.append(LEAVES[size])


def test_add_is_append_without_what_is_kept() -> None:
    added, appended = Frontier(), Frontier()
    for leaf in LEAVES[:300]:
        added.add(leaf)
        appended.append(leaf)
    assert added == appended


def test_every_proof_of_small_trees_is_that_of_the_standard_and_holds(nodes: Memory) -> None:
    for size in range(1, 40):
        leaves = LEAVES[:size]
        for index in range(size):
            proof = inclusion(nodes, index, size)
            assert proof == naive_path(index, leaves)
            assert proves_inclusion(LEAVES[index], index, size, proof, naive(leaves))
        for old in range(1, size + 1):
            proof = consistency(nodes, old, size)
            assert proof == naive_subproof(old, leaves, True)
            assert proves_consistency(old, size, naive(LEAVES[:old]), naive(leaves), proof)


@settings(max_examples=200, deadline=None, derandomize=True)
@given(size=sizes, data=st.data())
def test_a_proof_holds_and_no_bit_of_it_can_be_turned(nodes: Memory, size: int, data: st.DataObject) -> None:
    index, old = data.draw(st.integers(0, size - 1)), data.draw(st.integers(1, size))
    whole, before = root(nodes, size), root(nodes, old)
    path, steps = inclusion(nodes, index, size), consistency(nodes, old, size)
    assert proves_inclusion(LEAVES[index], index, size, path, whole) and len(path) <= (size - 1).bit_length()
    assert proves_consistency(old, size, before, whole, steps) and len(steps) <= (size - 1).bit_length() + 1
    bit = data.draw(st.integers(0, 255))
    for place in range(len(path)):
        assert not proves_inclusion(LEAVES[index], index, size, turned(path, place, bit), whole)
    for place in range(len(steps)):
        assert not proves_consistency(old, size, before, whole, turned(steps, place, bit))
    assert not proves_inclusion(turned([LEAVES[index]], 0, bit)[0], index, size, path, whole)
    assert not proves_consistency(old, size, before, turned([whole], 0, bit)[0], steps)
    assert not proves_consistency(old, size, turned([before], 0, bit)[0], whole, steps)


@settings(max_examples=200, deadline=None, derandomize=True)
@given(size=sizes, data=st.data())
def test_a_proof_speaks_of_one_place_only(nodes: Memory, size: int, data: st.DataObject) -> None:
    index, other = data.draw(st.integers(0, size - 1)), data.draw(st.integers(0, size + 1))
    path = inclusion(nodes, index, size)
    if other != index:
        assert not proves_inclusion(LEAVES[index], other, size, path, root(nodes, size))
    assert not proves_inclusion(LEAVES[index], index, size, [*path, LEAVES[0]], root(nodes, size))
    assert not path or not proves_inclusion(LEAVES[index], index, size, path[:-1], root(nodes, size))


def turned(proof: list[bytes], place: int, bit: int) -> list[bytes]:
    found = bytearray(proof[place])
    found[bit // 8] ^= 1 << bit % 8
    return [*proof[:place], bytes(found), *proof[place + 1 :]]


def test_only_full_subtrees_of_every_eighth_level_are_kept() -> None:
    growing, kept = Frontier(), []
    for leaf in LEAVES[:513]:
        kept += growing.append(leaf)
    assert [(node.level, node.number) for node in kept if node.level] == [(8, 0), (8, 1)]
    assert kept[256] == Kept(8, 0, naive(LEAVES[:256]))
    assert len(kept) == 515


def test_places_and_sizes_that_are_none_are_refused(nodes: Memory) -> None:
    for index, size in ((-1, 3), (3, 3), (0, 0)):
        with pytest.raises(ValueError, match="leaf"):
            inclusion(nodes, index, size)
    for old, size in ((0, 3), (4, 3)):
        with pytest.raises(ValueError, match="sizes"):
            consistency(nodes, old, size)
    with pytest.raises(LookupError):
        root(nodes, MOST + 1)
    for size, data in ((3, b"x" * 32), (-1, b"")):
        with pytest.raises(ValueError, match="frontier"):
            Frontier.restored(size, data)
    with pytest.raises(ValueError, match="order"):
        nodes.keep([Kept(0, MOST + 1, EMPTY)])


def _hash(text: str) -> bytes:
    return base64.b64decode(text)


def _accepted(vector: dict[str, Any]) -> bool:
    proof = [_hash(step) for step in vector["proof"] or []]
    if "leafIdx" in vector:
        return proves_inclusion(_hash(vector["leafHash"]), vector["leafIdx"], vector["treeSize"], proof, _hash(vector["root"]))
    return proves_consistency(vector["size1"], vector["size2"], _hash(vector["root1"]), _hash(vector["root2"]), proof)


@pytest.mark.skipif(not VECTORS, reason="the vectors' folder does not stand beside this repository")
def test_all_vectors_are_judged_as_they_should_be() -> None:
    vectors = {path: json.loads(path.read_text("utf-8")) for path in VECTORS}
    wrong = [str(path) for path, vector in vectors.items() if _accepted(vector) == vector["wantErr"]]
    assert wrong == []
    assert (len(vectors), sum(vector["wantErr"] for vector in vectors.values())) == (196, 184)
