"""Google Search Console: clicks, impressions and position by day in Google's unpaid results, into the traffic database."""

from __future__ import annotations

from lib.domain.metrics import Aggregation, MetricTemplate, Surface
from lib.domain.objects import Destination
from lib.domain.providers import ObjectTemplate, ProviderTemplate
from lib.domain.signals import ObjectSignal, Paid, Signal
from lib.providers.proposals import BURIED, MAP_BACK, SILENCE, UNDONE
from lib.providers.traffic_rows import IDENTITY

SEARCH_DAY = ObjectTemplate(
    object="traffic_day",
    signal=ObjectSignal(Signal.SEARCH_CLICK, Paid.ORGANIC),
    key="",
    identity=IDENTITY,
    synonyms={
        "day": ("date", "Date", "Day"),
        "query": ("query", "Top queries", "Query"),
        "page": ("page", "Top pages", "Page"),
        "device": ("device", "Device"),
        "clicks": ("clicks", "Clicks"),
        "impressions": ("impressions", "Impressions"),
        "position": ("position", "Position", "Average position"),
    },
    day_order="ymd",
    example={"date": "2026-03-04", "clicks": 12, "impressions": 310, "ctr": 0.0387, "position": 4.2},
)

# The one tab that totals are taken from: the dates. The tabs of one export do not add up to the same total.
_DATES = (("query", ("",)), ("page", ("",)), ("device", ("",)))

METRICS = (
    MetricTemplate(
        "clicks", "Search clicks", "traffic_day", "clicks",
        "how often somebody clicked through to your site from Google's unpaid results",
        Aggregation.SUM, date_basis="day", column="clicks", where=_DATES,
    ),
    MetricTemplate(
        "impressions", "Search impressions", "traffic_day", "impressions",
        "how often your site was shown in Google's unpaid results",
        Aggregation.SUM, date_basis="day", column="impressions", where=_DATES, surface=Surface.REPORT_NOTE,
    ),
    MetricTemplate(
        "places", "Places in the results, all together", "traffic_day", "places",
        "the places at which your site was shown, added up over every time it was shown",
        Aggregation.SUM, date_basis="day", column="position", weight="impressions", where=_DATES,
        surface=Surface.HEALTH_SIGNAL,
    ),
    MetricTemplate(
        "position", "Average position", "traffic_day", "places per appearance",
        "how far down the unpaid results your site stood on average; the first place is 1, so less is better",
        Aggregation.RATIO, date_basis="day", numerator="places", denominator="impressions",
    ),
)  # fmt: skip

SEARCH_CONSOLE = ProviderTemplate(
    key="search_console",
    name="Google Search Console",
    source_label="Google Search",
    destination=Destination.TRAFFIC,
    destination_reason="It sends counts of clicks and impressions and no person, so it belongs with the visits.",
    objects=(SEARCH_DAY,),
    metrics=METRICS,
    auth_model="OAuth 2.0 of a person, or a service account, with access to the property.",
    auth_scopes=("https://www.googleapis.com/auth/webmasters.readonly",),
    base_url="https://searchconsole.googleapis.com",
    paging="Up to 25,000 rows per request, the next ones from a row number on; an export holds at most 1,000 rows of a tab.",
    rate_limits="1,200 queries a minute for a property, as far as is known.",
    times="Days are those of Pacific time as far as is known; figures come two to three days late.",
    # It sends no money.
    currency="account",
    default_metrics=("clicks", "position"),
    promise="You will see how often people came to your site from Google's unpaid results, and how high it stood in them.",
    screen="Search Console, Performance, Search results, for the same days: clicks and impressions of the dates.",
    failure_path=f"The dates of the missing days are taken again; figures come late by themselves. {BURIED} {SILENCE}",
    manual_fallback="Export the dates of the missing days from the performance report and import the file.",
    rollback_note=f"{UNDONE} {MAP_BACK} Days taken again replace the figures of those days; Google keeps 16 months.",
    freshness_hours=96,
    known_failures=(
        "Figures of a day come two to three days late.",
        "The tabs of one export (queries, pages, devices, dates) do not add up to the same total: totals are taken from "
        "the dates.",
        "Queries that few people ask are left out of the queries, but not out of the dates.",
        "A day without a row had no click and no impression, or has not arrived: the range that was asked for tells.",
        "Days are those of Pacific time as far as is known, not the client's.",
        "An export holds at most 1,000 rows of a tab, and shares as 6.47% in text and as 0.0647 in a workbook.",
    ),
    documentation=("https://developers.google.com/webmaster-tools/v1/searchanalytics/query",),
)
