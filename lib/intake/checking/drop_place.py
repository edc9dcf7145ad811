"""Whether the place where an account's files are put down can be reached, and what lies there."""

from __future__ import annotations

from lib.domain.arriving.drops import DropSettings
from lib.domain.ladder.setup_checks import CheckResult, SetupCheck
from lib.domain.wording import counted
from lib.errors import DeskError
from lib.intake.drop_folder import DropFolder
from lib.intake.secret_values import secret_value
from lib.settings import Settings

DROP_PLACE = "drop_place"


def drop_check(drop: DropSettings, settings: Settings) -> SetupCheck:
    """Passed where one look into the place succeeds, whatever lies there; nothing is taken."""
    if not drop.url:
        return SetupCheck(DROP_PLACE, CheckResult.NOT_APPLICABLE, "No files are put down for it: drop.url is empty.")
    try:
        secret = secret_value(drop.credential_ref, settings) if drop.credential_ref else ""
        sights, refused = DropFolder(drop, secret).look()
    except DeskError as trouble:
        return SetupCheck(DROP_PLACE, CheckResult.FAILED, trouble.message, trouble.hint)
    if refused and not sights:
        said = f"The place of its files can be reached, and none of the {len(refused)} things there is ever taken."
        return SetupCheck(DROP_PLACE, CheckResult.WARNING, said, f"{refused[0].name}: {refused[0].why}")
    said = f"The place of its files can be reached; {counted(len(sights), 'file')} to take there."
    return SetupCheck(DROP_PLACE, CheckResult.PASSED, said)
