"""What watches every page sees something when there is something to see."""

from tests.support.browser.looks import faults_of
from tests.support.browser.visitor import Visitor


async def test_axe_finds_what_cannot_be_read(visitor: Visitor) -> None:
    page = await visitor.sign_in()
    await page.get_by_role("heading", level=1).evaluate(
        "(heading) => { heading.style.color = '#ddd'; heading.style.background = '#fff'; }"
    )
    assert [fault["id"] for fault in await faults_of(page)] == ["color-contrast"]


async def test_errors_and_refusals_of_the_policy_are_heard(visitor: Visitor) -> None:
    page = await visitor.sign_in()
    await page.evaluate("setTimeout(() => { throw new Error('stumbled'); })")
    await page.evaluate("document.body.insertAdjacentHTML('beforeend', '<p style=\"top: 0\">')")
    await page.evaluate("console.error('told')")
    heard, visitor.complaints = visitor.complaints, []
    for expected in ("stumbled", "policy: style-src-attr", "told"):
        assert any(expected in words for words in heard), heard
