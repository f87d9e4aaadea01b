"""In whose language an answer is: a refusal read by somebody who has no English holds no English sentence."""

import re

from .polling import until
from .raw import raw

# Names of fields, settings and values are single words. Two in a row are a sentence.
ENGLISH = re.compile(r"[A-Za-z]+,?\s+[A-Za-z]+")
HAN = re.compile(r"[\u4e00-\u9fff]")


def judge_chinese(text, quoted=()):
    """`quoted` is what may stand in any language: what the caller sent, what a library says."""
    for words in quoted:
        text = re.sub(words, "", text)
    assert HAN.search(text), f"no Chinese: {text}"
    assert not ENGLISH.search(text), f"English in the middle of Chinese: {text}"


def in_both(server, method, path, quoted=(), **request):
    """A request that is refused, sent by a reader of English, whose answer this is, and by one of Chinese."""
    english, chinese = (
        in_language(language, server, method, path, **request) for language in ("en-GB", "zh-CN,zh;q=0.9")
    )
    assert (chinese.status, chinese.code) == (english.status, english.code), chinese.message
    assert not HAN.search(english.message), english.message
    judge_chinese(chinese.message, quoted)
    return english, chinese


def in_language(language, server, method, path, headers=(), before=None, **request):
    """The answer to a request. It is refused for a moment only after `before`, so both are tried until they are soon enough."""
    headers = {**dict(headers), "Accept-Language": language}
    if before is None:
        return raw(server, method, path, headers=headers, **request)

    def refused():
        before()
        answer = raw(server, method, path, headers=headers, **request)
        return answer if answer.status >= 400 else None

    return until(refused, "it is refused")
