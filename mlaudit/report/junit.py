"""JUnit XML, which every continuous-integration service can show."""

from __future__ import annotations

from typing import TYPE_CHECKING
from xml.etree import ElementTree

from mlaudit.report.escape import line, plain
from mlaudit.report.tally import failed

if TYPE_CHECKING:
    from collections.abc import Iterable

    from mlaudit.model.finding import Finding
    from mlaudit.model.review import Review


def render(review: Review) -> str:
    """Write a suite for each file: a failure for each finding, a passed case where there is none.

    What mlaudit could not do stands as errors in a suite of its own.
    """
    root = ElementTree.Element("testsuites", name=review.tool.name)
    paths = [file.path for file in review.coverage.files]
    paths += [finding.location.path for finding in review.findings]
    for path in dict.fromkeys(paths):
        found = [finding for finding in review.findings if finding.location.path == path]
        _suite(root, path, found)
    _errors(root, failed(review))
    for name in ("tests", "failures", "errors"):
        root.set(name, str(sum(int(suite.get(name, "0")) for suite in root)))
    ElementTree.indent(root)
    return ElementTree.tostring(root, encoding="unicode", xml_declaration=True) + "\n"


def _suite(root: ElementTree.Element, path: str, findings: list[Finding]) -> None:
    suite = _made(root, path, tests=max(1, len(findings)), failures=len(findings))
    for finding in findings:
        name = f"{finding.code} {finding.name} at {finding.location}"
        case = ElementTree.SubElement(suite, "testcase", name=line(name), classname=line(path))
        failure = ElementTree.SubElement(
            case, "failure", type=str(finding.severity), message=line(finding.message)
        )
        failure.text = plain(finding.help)
    if not findings:
        ElementTree.SubElement(suite, "testcase", name="no findings", classname=line(path))


def _errors(root: ElementTree.Element, texts: Iterable[str]) -> None:
    texts = list(texts)
    if not texts:
        return
    suite = _made(root, "not done", tests=len(texts), errors=len(texts))
    for number, text in enumerate(texts, 1):
        case = ElementTree.SubElement(suite, "testcase", name=f"{number}", classname="not done")
        ElementTree.SubElement(case, "error", type="error", message=text)


def _made(root: ElementTree.Element, name: str, **counts: int) -> ElementTree.Element:
    given = {"tests": 0, "failures": 0, "errors": 0} | counts
    attributes = {"name": line(name)} | {key: str(count) for key, count in given.items()}
    return ElementTree.SubElement(root, "testsuite", attributes)
