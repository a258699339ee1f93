"""Is a new model no worse than the one in use? Measured on lines that neither has seen."""

from collections.abc import Sequence

from expenseflow.categorization.similar import training
from expenseflow.categorization.similar.model import SimilarModel
from expenseflow.categorization.similar.predicting import Predictor
from expenseflow.categorization.similar.wire import Verified


def measure(lines: Sequence[Verified], old: SimilarModel | None) -> dict[str, float]:
    """The share of right accounts of both, `{"lines", "new", "old"}`; without an old one nothing.

    Half of the lines that the old model has not seen are kept from a new one trained for this
    measurement alone; both are asked about them. The model that is then used learns from all.
    """
    if old is None:
        return {}
    unseen = [one for one in lines if one.is_new]
    asked = [one.example for one in unseen[::2]]
    if not asked:
        return {}
    kept = {id(one) for one in unseen[::2]}
    rival = training.train([one.example for one in lines if id(one) not in kept])
    right = {
        name: sum(
            bool(prediction.guesses) and prediction.guesses[0].gl_code == example.gl_code
            for prediction, example in zip(
                Predictor(model).predict(example.line for example in asked), asked, strict=True
            )
        )
        / len(asked)
        for name, model in (("new", rival), ("old", old))
    }
    return {"lines": len(asked), **right}
