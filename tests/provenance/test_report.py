"""The report holds the whole campaign and nothing that is private or foreign."""

from __future__ import annotations

import re
from html.parser import HTMLParser

import pytest

from aiida_matal.provenance.report import NEXT_IN_RANK, render_report, write_report

VOID = {"meta", "br", "path", "use", "rect"}


class Outline(HTMLParser):
    """Collect the tags and headings of a page, and check that it is well formed."""

    def __init__(self, page):
        super().__init__()
        self.open, self.tags, self.attributes, self.text = [], [], [], ""
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self.attributes.extend(attrs)
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.tags.append(tag)
        self.attributes.extend(attrs)

    def handle_endtag(self, tag):
        if tag not in VOID:
            assert self.open.pop() == tag

    def handle_data(self, data):
        self.text += data


@pytest.fixture(scope="module")
def page(finished_campaign):
    return Outline(render_report(finished_campaign))


def test_page_is_well_formed(page):
    assert page.open == []


def test_page_tells_how_the_campaign_ended(page, finished_campaign):
    assert finished_campaign.uuid in page.text
    assert "[401] A limit was reached" in page.text
    assert "campaign 3, oracle 5" in page.text


def test_page_has_a_decision_table_for_each_round_that_chose(page):
    assert re.findall(r"Round (\d): (\d) of (\d+) candidates chosen", page.text) == [("0", "3", "10"), ("1", "2", "7")]
    rows = page.tags.count("tr")
    chosen = sum(value == "chosen" for name, value in page.attributes if name == "class")
    assert chosen == 3 + 2
    assert rows >= chosen + 2 * NEXT_IN_RANK


def test_page_has_every_label(page):
    for text in ("c0", "-2 ± 0.2", "rejected", "diverged in"):
        assert text in page.text


def test_hostile_text_is_shown_as_text(page):
    assert "script" not in page.tags
    assert "<script>alert(1)</script>" in page.text


def test_page_needs_nothing_from_elsewhere(page):
    links = [value for name, value in page.attributes if name in ("href", "src", "xlink:href")]
    assert all(link.startswith("#") for link in links)
    assert not {"link", "script", "img", "iframe"} & set(page.tags)


def test_page_tells_no_folders_and_no_addresses(page):
    assert "/home" not in page.text
    assert "someone@example.org" not in page.text


def test_page_has_the_figures_of_the_liquids_folded_and_with_identifiers_of_their_own(labelled):
    page = Outline(render_report(labelled.campaign))
    assert ("id", "liquid0-a") in page.attributes
    assert ("href", "#liquid0-a") in page.attributes
    assert "aiida-matal label show" in page.text
    assert page.open == []
    assert page.tags.count("svg") == 1


def test_campaign_without_rounds_has_a_report(store_campaign):
    page = Outline(render_report(store_campaign(state="created")))
    assert "No round has begun." in page.text


def test_excepted_campaign_shows_its_exception(store_campaign):
    page = Outline(render_report(store_campaign(state="excepted", exception="Traceback:\nValueError: wrong")))
    assert "ValueError: wrong" in page.text


def test_equal_campaigns_give_equal_reports(finished_campaign, tmp_path):
    write_report(finished_campaign, tmp_path / "a.html")
    write_report(finished_campaign, tmp_path / "b.html")
    assert (tmp_path / "a.html").read_bytes() == (tmp_path / "b.html").read_bytes()
