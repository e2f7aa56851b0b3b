"""The evaluation: what counts as near, how sure it is, and that a mistake is found."""

from pathlib import Path

import pytest
import yaml
from evaluation import figures, messages, pipelines
from evaluation.figures import FALLBACK, Answer
from evaluation.messages import Message, Neighbours

PLAIN = pipelines.PIPELINES / "characters_and_logistic_regression.yml"


def answer(meant: str, said: str, sure: float = 0.9, text: str = "一句话", guesses: tuple[str, ...] = ()) -> Answer:
    return Answer(Message(text, meant), said, sure, guesses)


@pytest.mark.parametrize(
    ("one", "other", "near"),
    [
        ("我要换一家售电公司", "我要换一家售电公司！", True),
        ("我要换一家售电公司", "我想换另外一家售电", False),
        ("合同几时到期", "合同哪天才到期", False),
        ("請問合同什麼時候到期", "请问合同什么时候到期", True),
        ("", "", True),
    ],
)
def test_near_is_what_shares_most_of_its_bigrams(one: str, other: str, near: bool) -> None:
    """Signs and traditional characters do not make another message."""
    assert bool(Neighbours([one]).near(other)) is near


def test_a_near_message_with_another_context_is_another_message() -> None:
    """退出 in a form, and 退出 in the market."""
    taught = [Message("退出", "cancel", {"stage": "filling"})]
    rows = [Message("退出", "leave_market", {"stage": "bound"}), Message("退出！", "cancel", {"stage": "filling"})]
    assert messages.without_near(rows, Neighbours(["退出"]), taught) == rows[:1]


def test_a_planted_mistake_is_found_and_named() -> None:
    """In the confusions, and as a step that was taken wrongly."""
    found = [answer("deny", "affirm", text="不同意"), *(answer("affirm", "affirm") for _ in range(3))]
    assert figures.confusions(found) == [("deny", "affirm", ["不同意"])]
    assert "   75.0% of 4  不同意 (deny)" in "\n".join(figures.report("planted", found))


def test_calibration_is_the_distance_of_sureness_from_truth() -> None:
    """Two at 0.95 of which one is right, two at 0.55 of which one is right; who asks back claims nothing."""
    found = [answer("a", "a", 0.95), answer("a", "b", 0.95), answer("a", "a", 0.55), answer("a", "b", 0.55)]
    rows, error = figures.calibration([*found, answer("a", FALLBACK, 0.35)])
    assert [(low, count, right) for low, count, _, right in rows] == [(0.5, 2, 0.5), (0.9, 2, 0.5)]
    assert error == pytest.approx((0.45 + 0.05) / 2)


def test_asking_back_with_the_right_guess_is_counted() -> None:
    """A tap away is not lost."""
    found = [answer("renew", FALLBACK, guesses=("resume", "renew")), answer("renew", FALLBACK, guesses=("help",))]
    assert "0.0% right, 100.0% asked back (1 of 2 with the right guess to tap), 0.0% wrong" in figures.summary(found)


# Of the messages that no example resembles; measured with ./run evaluate --quick, kept a little below.
LEAST = {"test_split": 0.85, "unseen_market": 0.88}


@pytest.mark.parametrize("name", LEAST)
def test_most_messages_about_the_market_are_understood(model: Path, name: str) -> None:
    """And nothing is taken for the end of a form, a new beginning, or the end of a contract that is none."""
    from evaluation import training

    taught = messages.examples()
    known = Neighbours([each.text for each in taught])
    found = training.answers(model, messages.without_near(messages.tests(name), known, taught))
    assert sum(each.right for each in found) / len(found) >= LEAST[name], figures.summary(found)
    ends = [each for each in found if each.intent in ("cancel", "restart", "end_early") and not each.right]
    assert [each.message.text for each in ends] == []


def test_near_duplicates_are_in_one_fold() -> None:
    """Else the folds would tell how well examples are remembered."""
    from evaluation.training import folds

    taught = [Message(text, "renew") for text in ("合同续约一年", "合同续约一年！", "还跟他家", "再来一年", "不变")]
    parts = folds(taught, 3)
    assert sorted(number for part in parts for number in part) == [0, 1, 2, 3, 4]
    assert any({0, 1} <= set(part) for part in parts)


def test_a_planted_wrong_label_shows_in_the_confusions_of_the_folds() -> None:
    """Rasa's own training on real examples of two intents, and one about time that was filed under 人工."""
    from evaluation.training import cross_validated

    taught = messages.examples()
    few = [each for name in ("how_long", "human") for each in [row for row in taught if row.intent == name][:40]]
    planted = Message("从提交到办好一般要多久呢", "human")
    found = [each for part in cross_validated(PLAIN, [*few, planted], 2) for each in part]
    assert len(found) == 81
    [texts] = [texts for meant, said, texts in figures.confusions(found) if (meant, said) == ("human", "how_long")]
    assert planted.text in texts


def test_precision_and_recall_of_each_intent_are_counted_and_the_worst_comes_first() -> None:
    """Two of three taken for a yes were one, and both were heard; one of two noes was heard."""
    found = [answer("affirm", "affirm"), answer("affirm", "affirm"), answer("deny", "affirm"), answer("deny", "deny")]
    assert figures.by_intent(found) == [
        ("deny", 1.0, 0.5, pytest.approx(2 / 3), 2),
        ("affirm", pytest.approx(2 / 3), 1.0, pytest.approx(0.8), 2),
    ]


def test_the_first_three_guesses_are_counted_whether_asked_back_or_not() -> None:
    """The third counts, the fourth does not."""
    third, fourth = ("usage", "help", "renew"), ("usage", "help", "greet", "renew")
    found = [answer("renew", "usage", guesses=third), answer("renew", FALLBACK, guesses=fourth)]
    assert figures.among_first(found) == 0.5


@pytest.mark.parametrize("config", [pipelines.OURS, *sorted(pipelines.PIPELINES.glob("*.yml"))], ids=lambda at: at.stem)
def test_rasa_accepts_each_pipeline(config: Path) -> None:
    """So that a comparison does not break after an hour: parts, order, and the language."""
    from rasa.engine.recipes.recipe import Recipe
    from rasa.engine.validation import validate
    from rasa.shared.data import TrainingType

    settings = yaml.safe_load(config.read_text())
    recipe = Recipe.recipe_for_name(settings["recipe"])
    validate(recipe.graph_config_for_recipe(settings, {}, TrainingType.NLU))


def test_a_row_is_measured_again_where_what_it_depends_on_has_changed() -> None:
    """Ours depends on our components; Rasa's own parts do not."""
    ours, plain = pipelines.inputs_of(pipelines.OURS), pipelines.inputs_of(PLAIN)
    assert set(ours) - set(plain) == {pipelines.OURS, messages.NLU / "components"}
    assert messages.NLU / "tests" / "unseen_market.yml" in plain


def test_each_step_of_a_conversation_is_an_intent_that_exists() -> None:
    """Of both files."""
    intents = yaml.safe_load((messages.NLU / "assistant" / "intents.yml").read_text())["intents"]
    steps = [step for steps in messages.talks().values() for step in steps]
    assert {step.intent for step in steps} <= {FALLBACK, *(name for each in intents for name in each)}
    assert len(steps) > 36
