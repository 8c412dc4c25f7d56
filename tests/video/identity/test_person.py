import pytest

from mien.video.identity.person import VERIFIED_SCORE, Person


def test_a_face_is_verified_by_one_certain_view_until_many_are_uncertain() -> None:
    person = Person(0.0)
    assert not person.verify(VERIFIED_SCORE - 0.01)
    assert person.verify(VERIFIED_SCORE)
    assert person.verify(0.8)
    assert not person.verify(0.79)
    for _ in range(10):
        person.verify(0.8)
    assert not person.verified
    assert person.verify(VERIFIED_SCORE)


@pytest.mark.parametrize(("min_score", "enough"), [(0.4, 0.425), (0.8, 0.85), (0.9, 0.9)])
def test_the_verifying_score_depends_on_the_minimum_score(min_score: float, enough: float) -> None:
    person = Person(0.0)
    assert not person.verify(enough - 0.001, min_score)
    assert person.verify(enough + 0.001, min_score)
    assert person.verify(min_score, min_score)
    assert not person.verify(min_score - 0.001, min_score)


def test_a_recognised_person_gets_the_former_numbers() -> None:
    person, other = Person(0.0, number=1, former_ids=(4,)), Person(1.0, number=3, former_ids=(2,))
    person.join(other)
    person.join(Person(2.0))
    assert (person.number, person.former_ids) == (1, (4, 3, 2))
