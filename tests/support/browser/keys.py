"""A keyboard that counts."""

from playwright.async_api import Page


class CountedKeys:
    """Each key that is pressed counts, also each letter of a word."""

    def __init__(self, page: Page) -> None:
        self._keyboard = page.keyboard
        self.count = 0

    async def press(self, key: str) -> None:
        self.count += 1
        await self._keyboard.press(key)

    async def type(self, text: str) -> None:
        self.count += len(text)
        await self._keyboard.type(text)
