"""Google Ads: the campaign report by day, from the API or from an export, into the traffic database."""

from __future__ import annotations

from lib.domain.metrics import GIVEN, Aggregation, MetricTemplate, Surface
from lib.domain.objects import Destination
from lib.domain.providers import ObjectTemplate, ProviderTemplate
from lib.domain.signals import ObjectSignal, Paid, Signal
from lib.providers.proposals import BURIED, MAP_BACK, SILENCE, UNDONE
from lib.providers.traffic_rows import IDENTITY

CAMPAIGN_DAY = ObjectTemplate(
    object="traffic_day",
    signal=ObjectSignal(Signal.AD_CLICK, Paid.PAID),
    # No row has an id of its own, and its figures go on changing for days: it is known by what it is split by.
    key="",
    identity=IDENTITY,
    synonyms={
        "day": ("segments.date", "Day", "Date"),
        "campaign": ("campaign.name", "Campaign", "Campaign name"),
        "campaign_id": ("campaign.id", "Campaign ID"),
        "device": ("segments.device", "Device"),
        "query": ("searchTermView.searchTerm", "Search term"),
        "page": ("landingPageView.unexpandedFinalUrl", "Landing page"),
        "clicks": ("metrics.clicks", "Clicks"),
        "impressions": ("metrics.impressions", "Impr.", "Impressions"),
        "conversions": ("metrics.conversions", "Conversions"),
        # That the API counts in micros is read from the name; the others are in currency units.
        "cost": ("metrics.costMicros", "metrics.cost_micros", "Cost"),
    },
    day_order="ymd",
    example={
        "campaign": {"id": "991", "name": "Search - Plumbing"},
        "segments": {"date": "2026-03-04"},
        "metrics": {"clicks": "41", "impressions": "1200", "costMicros": "52300000", "conversions": 3.5},
    },
)

# The one tab that totals are taken from: by day and campaign. Rows that are split further tell of the same clicks again.
_BY_CAMPAIGN = (("campaign", (GIVEN,)), ("device", ("",)), ("query", ("",)), ("page", ("",)))

METRICS = (
    MetricTemplate(
        "clicks", "Ad clicks", "traffic_day", "clicks", "how often somebody clicked one of your ads on Google",
        Aggregation.SUM, date_basis="day", column="clicks", where=_BY_CAMPAIGN,
    ),
    MetricTemplate(
        "impressions", "Ad impressions", "traffic_day", "impressions", "how often one of your ads was shown on Google",
        Aggregation.SUM, date_basis="day", column="impressions", where=_BY_CAMPAIGN, surface=Surface.REPORT_NOTE,
    ),
    MetricTemplate(
        "cost", "Ad cost", "traffic_day", "USD", "what Google charged for your ads",
        Aggregation.SUM, date_basis="day", column="cost", where=_BY_CAMPAIGN,
    ),
    MetricTemplate(
        "cost_per_click", "Cost per click", "traffic_day", "USD per click", "the ad cost divided by the ad clicks",
        Aggregation.RATIO, date_basis="day", numerator="cost", denominator="clicks",
    ),
    MetricTemplate(
        "clicks_by_campaign", "Ad clicks by campaign", "traffic_day", "clicks",
        "how often your ads were clicked, by the campaign they belong to",
        Aggregation.SUM, date_basis="day", column="clicks", where=_BY_CAMPAIGN, dimension="campaign",
        surface=Surface.REPORT_NOTE,
    ),
)  # fmt: skip

GOOGLE_ADS = ProviderTemplate(
    key="google_ads",
    name="Google Ads",
    source_label="Google Ads",
    destination=Destination.TRAFFIC,
    destination_reason="It sends counts of clicks and impressions and no person, so it belongs with the visits.",
    objects=(CAMPAIGN_DAY,),
    metrics=METRICS,
    auth_model="OAuth 2.0 of a person with access to the ads account, and a developer token on every call.",
    auth_scopes=("https://www.googleapis.com/auth/adwords",),
    base_url="https://googleads.googleapis.com",
    paging="Pages of up to 10,000 rows with a token for the next one; an export is one file.",
    rate_limits="Operations a day by the level of the developer token: 15,000 with basic access.",
    times="Days are those of the ads account's own time zone, not the client's.",
    currency="account",
    default_metrics=("clicks", "cost", "cost_per_click"),
    promise="You will see how often your ads on Google were clicked, what they cost, and what one click cost on average.",
    screen="Google Ads, Campaigns, segmented by day for the same days: clicks, impressions and cost of a campaign.",
    failure_path=f"The report of the missing days is taken again the next day. {BURIED} {SILENCE}",
    manual_fallback="Download the campaign report by day from Google Ads for the missing days and import the file.",
    rollback_note=f"{UNDONE} {MAP_BACK} Days taken again replace the figures of those days.",
    freshness_hours=36,
    known_failures=(
        "Conversions and cost of a day go on changing for days: ask again for the last two weeks.",
        "An export's Total rows add the same clicks up again; they are skipped when the file is read.",
        "Totals are taken from rows by day and campaign; rows split by device, search term or page repeat them.",
        "Two rows of one day, campaign and device are taken for one: leave other splits out of the report.",
        "Days are those of the ads account's time zone, which is not always the client's.",
        "An export may write small shares as < 10% and missing figures as --.",
    ),
    documentation=(
        "https://developers.google.com/google-ads/api/docs/reporting/overview",
        "https://developers.google.com/google-ads/api/fields/latest/campaign",
    ),
)
