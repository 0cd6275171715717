"""Whether a screen can be read in sunlight and hit with a glove: computed over everything that is on it."""

from typing import Any

from playwright.sync_api import Page

CONTRAST = 7.0
"""WCAG 2.2, 1.4.6: of every text, whatever its size."""

TARGET = 48
"""CSS pixels, both ways."""

PALE = """(least) => {
    const numbers = (color) => { const found = color.match(/[\\d.]+/g).map(Number); return found.length < 4 ? [...found, 1] : found; };
    const over = ([r, g, b, a], under) => [r, g, b].map((value, i) => value * a + under[i] * (1 - a));
    const light = (color) => {
        const [r, g, b] = color.map((value) => value / 255).map((v) => (v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4));
        return 0.2126 * r + 0.7152 * g + 0.0722 * b;
    };
    const ground = (element) => {
        const layers = [];
        for (let at = element; at; at = at.parentElement) layers.push(numbers(getComputedStyle(at).backgroundColor));
        return layers.reverse().reduce((under, layer) => over(layer, under), [255, 255, 255]);
    };
    const faint = (element) => {
        let all = 1;
        for (let at = element; at; at = at.parentElement) all *= Number(getComputedStyle(at).opacity);
        return all;
    };
    const ratio = (element, color) => {
        const under = ground(element), [r, g, b, a] = numbers(color);
        const [one, other] = [light(over([r, g, b, a * faint(element)], under)), light(under)].sort((x, y) => y - x);
        return (one + 0.05) / (other + 0.05);
    };
    const found = [];
    const judge = (element, text, color) => {
        const contrast = ratio(element, color);
        if (contrast < least) found.push([text.trim().slice(0, 40), contrast.toFixed(2), element.className, color]);
    };
    const seen = (element) => element && element.checkVisibility({opacityProperty: true, visibilityProperty: true});
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    for (let node = walker.nextNode(); node; node = walker.nextNode()) {
        const element = node.parentElement;
        if (node.data.trim() && seen(element) && !['SCRIPT', 'STYLE', 'OPTION'].includes(element.tagName)) {
            judge(element, node.data, getComputedStyle(element).color);
        }
    }
    for (const field of document.querySelectorAll('input, textarea, select')) {
        if (!seen(field) || ['file', 'checkbox', 'radio'].includes(field.type)) continue;
        judge(field, field.value || field.name, getComputedStyle(field).color);
        if (field.placeholder && !field.value) judge(field, field.placeholder, getComputedStyle(field, '::placeholder').color);
    }
    return found;
}"""

SMALL = """(least) => [...document.querySelectorAll(
        'button, a[href], input:not([type=hidden]), select, textarea, summary, [role=tab], [role=button]'
    )].filter((each) => each.checkVisibility({opacityProperty: true, visibilityProperty: true}))
    .map((each) => [each, (each.closest('label') ?? each).getBoundingClientRect()])
    .filter(([, box]) => Math.min(box.width, box.height) < least - 0.5)
    .map(([each, box]) => `${Math.round(box.width)}x${Math.round(box.height)} ${each.outerHTML.slice(0, 160)}`)"""


def faults(page: Page) -> dict[str, Any]:
    """Texts that are too pale, targets that are too small, and whether something is wider than the screen."""
    found = {"pale": page.evaluate(PALE, CONTRAST), "small": page.evaluate(SMALL, TARGET)}
    found["wide"] = [] if page.evaluate("document.documentElement.scrollWidth <= innerWidth") else [page.url]
    return {name: each for name, each in found.items() if each}
